/** Stack files and smokes for the tests, in few words. */
import { fileURLToPath } from 'node:url'

/** A daemon that does as it is told; its head says what it may be told. */
const PUPPET = fileURLToPath(new URL('../../src/daemon/fixtures/puppet.mjs', import.meta.url))

/** In orders: the daemon's own port, filled in by the tool. */
export const OWN_PORT = '@port'

/** A TOML string. */
export const quote = (text: string): string => JSON.stringify(text)

/** `command = [...]` of a puppet with these orders. */
function puppetCommand(orders: object): string {
  const json = JSON.stringify(orders)
    .replaceAll('{', '{{')
    .replaceAll('}', '}}')
    .replaceAll(`"${OWN_PORT}"`, '{port}')
  return `command = ["node", ${quote(PUPPET)}, ${quote(json)}]`
}

/** Orders to listen on the daemon's own port. */
export const listening = (more: object = {}, host = '127.0.0.1'): object => ({
  listen: [{ host, port: OWN_PORT }],
  ...more,
})

export interface DaemonOptions {
  readonly orders?: object
  /** Further lines of its table. */
  readonly lines?: readonly string[]
  readonly bind?: string
  readonly ready?: string
}

/** A table `[daemons.NAME]`: a puppet that listens on a leased port of 127.0.0.1 and answers `/health`. */
export function daemon(name: string, o: DaemonOptions = {}): string {
  return [
    `[daemons.${name}]`,
    puppetCommand(o.orders ?? listening()),
    `bind = ${quote(o.bind ?? '127.0.0.1:0')}`,
    `ready = ${o.ready ?? '{ http = "/health" }'}`,
    ...(o.lines ?? []),
    '',
  ].join('\n')
}

/** A stack of these daemons with this chain. */
export function stackOf(chain: readonly string[], ...daemons: readonly string[]): string {
  return [`name = "test"`, `chain = ${JSON.stringify(chain)}`, '', ...daemons].join('\n')
}

export interface SmokeOptions {
  readonly title?: string
  readonly why?: string
  readonly needs?: readonly string[]
  readonly budget?: string
  /** What `run` takes out of its context, beside the needed daemons and `step`. */
  readonly uses?: readonly string[]
}

/** Source of a smoke with this body. */
export function smokeOf(body: string, o: SmokeOptions = {}): string {
  const needs = o.needs ?? ['web']
  return `import { match, smoke } from 'smokechain'
import { spawn } from 'node:child_process'
void [match, spawn]

export default smoke({
  title: ${quote(o.title ?? 'the puppet answers')},
  ${o.why === undefined ? '' : `why: ${quote(o.why)},`}
  needs: ${JSON.stringify(needs)},
  budget: ${quote(o.budget ?? '30s')},
  async run({ ${[...needs, 'step', ...(o.uses ?? [])].join(', ')} }) {
${body}
  },
})
`
}

/** A smoke that passes as long as the daemon answers. */
export function goodSmoke(name = 'web'): string {
  return smokeOf(
    `    await step('${name} says ok', () => ${name}.get('/health', { status: 200, json: { status: 'ok' } }))`,
    { needs: [name] },
  )
}
