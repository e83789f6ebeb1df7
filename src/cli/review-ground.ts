/** What a review stands on: who is asked, and where. For `review`, and for whoever else has something reviewed. */
import { existsSync } from 'node:fs'
import { err, ok, type Result } from '../kernel/result.ts'
import type { ChatEndpoint } from '../review/ask.ts'
import { type ChatPlace, explainChatUrl, loadReviewConfig, type ReviewConfig } from '../review/config.ts'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { findChatUrl } from './chat-url.ts'
import { asError } from './complain.ts'
import { ExitCode } from './exit-codes.ts'

export interface ReviewGround {
  readonly config: ReviewConfig
  readonly endpoint: ChatEndpoint
}

export interface NoReviewGround {
  /** 4: nobody is configured; 3: the chat endpoint is a daemon of a stack that is not up; 2: something is wrong. */
  readonly exitCode: number
  /** As it is to be printed. */
  readonly message: string
}

export interface GroundOptions {
  /** Default: reviewers.toml, which need not be there. */
  readonly reviewers?: string
  /** Instead of what the file names. */
  readonly chat?: string
}

const DEFAULT_FILE = 'reviewers.toml'

/** Asks nobody, and prints nothing. */
export async function openReviewGround(
  o: GroundOptions,
  env: NodeJS.ProcessEnv,
): Promise<Result<ReviewGround, NoReviewGround>> {
  const config = await openReviewConfig(o.reviewers)
  if (!config.ok) return config
  if (config.value.reviewers.length === 0) return refuse(explainNobody(o.reviewers), ExitCode.nothingToRun)
  const url = await findUrl(config.value.chat, o.chat, env)
  if (!url.ok) return url
  const token = findToken(config.value.tokenEnv, env)
  if (!token.ok) return token
  return ok({ config: config.value, endpoint: { url: url.value, ...token.value } })
}

const refuse = (message: string, exitCode: number = ExitCode.usage): Result<never, NoReviewGround> =>
  err({ exitCode, message: asError(message) })

/** The configuration, which may name nobody: how a range is split stands in it, too. */
export async function openReviewConfig(
  named: string | undefined,
): Promise<Result<ReviewConfig, NoReviewGround>> {
  const file = named ?? DEFAULT_FILE
  if (named === undefined && !existsSync(file)) return ok(NOBODY)
  const loaded = await loadReviewConfig(file)
  return loaded.ok ? loaded : err({ exitCode: ExitCode.usage, message: renderDiagnostics(loaded.error) })
}

const NOBODY: ReviewConfig = { reviewers: [], components: { prefixes: new Map(), depth: 1 }, generated: [] }

function explainNobody(named: string | undefined): string {
  const file = named ?? DEFAULT_FILE
  return existsSync(file)
    ? `no reviewer is configured in ${file}; its comments show what one looks like`
    : `no reviewer is configured: there is no ${file} here (docs/review.md shows one)`
}

async function findUrl(
  configured: ChatPlace | undefined,
  named: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Result<string, NoReviewGround>> {
  const fault = named === undefined ? undefined : explainChatUrl(named)
  if (fault !== undefined) return refuse(`--chat: ${fault}`)
  const place: ChatPlace | undefined = named === undefined ? configured : { kind: 'url', url: named }
  if (place === undefined) {
    return refuse('no chat endpoint: name one with --chat URL, or as `chat` in the reviewers file')
  }
  const url = await findChatUrl(place, env)
  return url.ok ? url : refuse(url.error, ExitCode.notUp)
}

function findToken(
  variable: string | undefined,
  env: NodeJS.ProcessEnv,
): Result<Pick<ChatEndpoint, 'token'>, NoReviewGround> {
  if (variable === undefined) return ok({})
  const token = env[variable]
  if (token === undefined || token === '') {
    return refuse(`the chat endpoint's token is not there: the environment variable ${variable} is not set`)
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return refuse(`the environment variable ${variable} holds blanks or characters that no token has`)
  }
  return ok({ token })
}
