/** reviewers.toml: who is asked, where the chat endpoint is, what a component is. */
import { z } from 'zod'
import { err, ok, type Result } from '../kernel/result.ts'
import { parseDuration } from '../kernel/units.ts'
import type { Diagnostic } from '../stack/diagnostic.ts'
import { type DocumentForm, loadDocument } from '../stack/document.ts'
import { checked, checkName, duration, filled } from '../stack/fields.ts'
import { maskDiagnostics } from '../stack/mask.ts'
import type { Problem } from '../stack/problem.ts'
import { isTable, type Table } from '../stack/toml-values.ts'
import type { ComponentRule } from './components.ts'
import type { Reviewer } from './types.ts'

/** Where questions go: a URL, or a daemon of a stack that is up and a path on it. */
export type ChatPlace =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'daemon'
      readonly daemon: string
      readonly path: string
      /** As in the file: a stack file, or the name of one in stacks/. */
      readonly stack: string
    }

export interface ReviewConfig {
  readonly reviewers: readonly Reviewer[]
  readonly chat?: ChatPlace
  /** The environment variable that holds the chat endpoint's token. */
  readonly tokenEnv?: string
  readonly components: ComponentRule
  /** Paths, or folders with a `/` at their end. */
  readonly generated: readonly string[]
}

const DEFAULT_TIMEOUT_MS = 300_000
const DEFAULT_PATH = '/v1/chat'
const DEFAULT_STACK = 'stacks/persistent.toml'

/** In file names `_` parts label and reviewer. */
const shortName = checked((text) =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/.test(text)
    ? undefined
    : {
        message: `"${text.slice(0, 80)}" is no short name`,
        hint: 'letters, digits and `-`, at most 32; it becomes part of a file name',
      },
)

const model = checked((text) =>
  /^[^/\s]+\/\S+$/.test(text) && text.length <= 512
    ? undefined
    : { message: `"${text.slice(0, 80)}" is no model`, hint: 'provider/name, as the chat endpoint takes it' },
)

const daemonName = checked(checkName)

const chatUrl = checked((text) => {
  const fault = explainChatUrl(text)
  return fault === undefined ? undefined : { message: fault }
})

/** What is wrong with the URL of a chat endpoint, in words; undefined: nothing. */
export function explainChatUrl(text: string): string | undefined {
  if (!URL.canParse(text))
    return `"${text.slice(0, 80)}" is no URL; e.g. http://127.0.0.1:3110${DEFAULT_PATH}`
  const { protocol, username, password } = new URL(text)
  if (username !== '' || password !== '') {
    return 'a URL must not hold a name or password, which would be written down; name the token in `token_env`'
  }
  return protocol === 'http:' ? undefined : `${protocol}// is not spoken here; only http://`
}

const path = checked((text) =>
  /^\/\S*$/.test(text)
    ? undefined
    : { message: `"${text.slice(0, 80)}" is no path`, hint: 'it begins with /' },
)
const variable = checked((text) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
    ? undefined
    : { message: 'this is no name of a variable', hint: 'the name, never the token itself' },
)

const schema = z.strictObject({
  chat: z
    .union([chatUrl, z.strictObject({ daemon: daemonName, path: path.optional(), stack: filled.optional() })])
    .optional(),
  token_env: variable.optional(),
  reviewers: z
    .array(
      z.strictObject({
        name: shortName,
        lineage: shortName,
        model,
        max_tokens: z.int().min(1).max(1_000_000).optional(),
        temperature: z.number().min(0).max(2).optional(),
        timeout: duration(1).optional(),
      }),
    )
    .optional(),
  components: z.record(filled, z.array(filled)).optional(),
  component_depth: z.int().min(1).max(10).optional(),
  generated: z.array(filled).optional(),
})
type ReviewersFile = z.infer<typeof schema>

const form: DocumentForm<ReviewersFile> = {
  name: 'reviewers file',
  least: 'one reviewer: [[reviewers]] with `name`, `lineage` and `model`',
  schema,
  rules: (file) => findDoubles(file),
}

/** Two reviewers of one name would write one file. */
function findDoubles(file: Table): Problem[] {
  const rows: unknown = file['reviewers']
  const seen = new Map<string, number>()
  return (Array.isArray(rows) ? rows : []).flatMap((row: unknown, index): Problem[] => {
    const name = isTable(row) ? row['name'] : undefined
    if (typeof name !== 'string') return []
    const first = seen.get(name.toLowerCase())
    seen.set(name.toLowerCase(), first ?? index)
    if (first === undefined) return []
    const related = [{ path: ['reviewers', first, 'name'], at: 'value' as const, message: 'the first one' }]
    return [
      {
        path: ['reviewers', index, 'name'],
        at: 'value',
        message: `two reviewers are named "${name}"`,
        related,
      },
    ]
  })
}

/** Reads and checks the file; the errors are complete and sorted by position. Never throws. */
export async function loadReviewConfig(file: string): Promise<Result<ReviewConfig, Diagnostic[]>> {
  const loaded = await loadDocument(file, form)
  if (loaded.ok) return ok(toConfig(loaded.value))
  // A message quotes the line; a password in a URL must not be read off it.
  const passwords = loaded.error.flatMap(({ source = '' }) =>
    [...source.matchAll(/\/\/[^/\s"'@]*:([^/\s"'@]+)@/g)].map(([, password = '']) => password),
  )
  return err(maskDiagnostics(loaded.error, passwords))
}

function toConfig(file: ReviewersFile): ReviewConfig {
  const { chat, token_env: tokenEnv, reviewers = [], components = {}, component_depth: depth = 1 } = file
  return {
    reviewers: reviewers.map(toReviewer),
    ...(chat === undefined ? {} : { chat: toPlace(chat) }),
    ...(tokenEnv === undefined ? {} : { tokenEnv }),
    components: { prefixes: new Map(Object.entries(components)), depth },
    generated: file.generated ?? [],
  }
}

type ReviewerRow = NonNullable<ReviewersFile['reviewers']>[number]

function toReviewer({
  name,
  lineage,
  model,
  max_tokens: maxTokens,
  temperature,
  timeout,
}: ReviewerRow): Reviewer {
  return {
    name,
    lineage,
    model,
    timeoutMs: (timeout === undefined ? undefined : parseDuration(timeout)) ?? DEFAULT_TIMEOUT_MS,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
  }
}

function toPlace(chat: NonNullable<ReviewersFile['chat']>): ChatPlace {
  if (typeof chat === 'string') return { kind: 'url', url: chat }
  return {
    kind: 'daemon',
    daemon: chat.daemon,
    path: chat.path ?? DEFAULT_PATH,
    stack: chat.stack ?? DEFAULT_STACK,
  }
}
