/** The configuration file: TOML named by LAKEHOUSE_CONFIG, one section a daemon, plus [services] and [auth]. */
import { readFileSync } from 'node:fs'
import { parse } from 'toml'
import { z } from 'zod'
import { describeIssues } from './issues.ts'
import { messageOf } from './message-of.ts'

export { bindSchema, durationSchema, sizeSchema } from './units.ts'

/** What `[auth]` may hold. With a token, every route but /health demands it. */
interface Auth {
  readonly token?: string
}

export interface LoadedConfig<T> {
  /** The daemon's own section, as its schema made it. */
  readonly own: T
  /** Base URLs of the daemons by name, without a trailing slash. */
  readonly services: Readonly<Record<string, string>>
  readonly auth: Auth
  readonly file: string
}

export type ParsedConfig<T> =
  | { readonly ok: true; readonly value: LoadedConfig<T> }
  | { readonly ok: false; readonly error: string }

const commonSchema = z.object({
  services: z
    .record(z.string(), z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }))
    .default({}),
  auth: z.strictObject({ token: z.string().min(1).optional() }).default({}),
})

/** Where in the text a TOML syntax error stands, when the parser tells. */
function placeOf(error: unknown): string {
  const start =
    typeof error === 'object' && error !== null && 'location' in error
      ? z.object({ start: z.object({ line: z.number(), column: z.number() }) }).safeParse(error.location)
      : undefined
  return start?.success ? `:${start.data.start.line}:${start.data.start.column}` : ''
}

/**
 * Reads the section `[service]` of a configuration text. A missing section counts as an empty one, so that
 * the message names the keys it lacks. The error is one line that names file, key and reason.
 */
export function parseConfig<T>(
  text: string,
  service: string,
  schema: z.ZodType<T>,
  file: string,
): ParsedConfig<T> {
  let document: Record<string, unknown>
  try {
    document = { ...parse(text) }
  } catch (error) {
    const reason = messageOf(error).replaceAll('\n', '\\n')
    return { ok: false, error: `${file}${placeOf(error)}: not valid TOML: ${reason}` }
  }
  const common = commonSchema.safeParse(document)
  if (!common.success) return { ok: false, error: `${file}: ${describeIssues(common.error)}` }
  const own = z.object({ [service]: schema }).safeParse({ [service]: document[service] ?? {} })
  if (!own.success) return { ok: false, error: `${file}: ${describeIssues(own.error)}` }
  const { token } = common.data.auth
  const services = Object.entries(common.data.services).map(([name, url]) => [name, url.replace(/\/+$/, '')])
  return {
    ok: true,
    value: {
      own: own.data[service] as T,
      services: Object.fromEntries(services),
      auth: token === undefined ? {} : { token },
      file,
    },
  }
}

function refuse(service: string, reason: string): never {
  process.stderr.write(`${service}: ${reason}\n`)
  process.exit(2)
}

/**
 * Loads the file named by LAKEHOUSE_CONFIG. The daemon's own section is `[service]`, or the one that LAKEHOUSE_SECTION
 * names: two instances of a daemon in one stack read two sections of one file. Anything wrong: one line on stderr, exit 2.
 */
export function loadConfig<T>(service: string, schema: z.ZodType<T>): LoadedConfig<T> {
  const file = process.env['LAKEHOUSE_CONFIG']
  if (file === undefined || file === '') {
    refuse(service, 'LAKEHOUSE_CONFIG is not set; it names the TOML configuration file')
  }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    refuse(
      service,
      `${file}: cannot read the configuration: ${error instanceof Error ? error.message : error}`,
    )
  }
  const parsed = parseConfig(text, process.env['LAKEHOUSE_SECTION'] || service, schema, file)
  return parsed.ok ? parsed.value : refuse(service, parsed.error)
}

/** The base URL of another daemon from `[services]`; a missing one is a configuration error (one line, exit 2). */
export function serviceUrl(config: LoadedConfig<unknown>, service: string, needed: string): string {
  const url = config.services[needed]
  return url ?? refuse(service, `${config.file}: services.${needed}: missing; ${service} needs its URL`)
}
