/** Has smoke hosts read the files of TypeScript smokes. A file that hangs or ends its host costs only that host. */
import { formatDuration } from '../../kernel/units.ts'
import type { SmokeFile, SmokeProblem } from '../types.ts'
import type { Described, FromHost } from './messages.ts'
import type { SmokeHost } from './smoke-host.ts'

/** What a file may take to be imported, everything it imports included. */
const LOAD_MS = 20_000

export type LoadedFile =
  | { readonly ok: true; readonly smoke: SmokeFile; readonly described: Described }
  | { readonly ok: false; readonly problems: readonly SmokeProblem[] }

/** Where hosts come from: the one at hand, and a fresh one when that is spoilt. */
export interface HostSupply {
  /** The one at hand, or a new one, which is perhaps not ready yet. */
  get(): Promise<SmokeHost>
  discard(host: SmokeHost): Promise<void>
}

/**
 * One after the other, results in the order of `smokes`. Whatever a file does is a problem of that file, never a
 * rejection. The last host stays with the supply, to be used for running them.
 */
export async function loadAll(smokes: readonly SmokeFile[], supply: HostSupply): Promise<LoadedFile[]> {
  const loaded: LoadedFile[] = []
  for (const smoke of smokes) loaded.push(await loadOne(smoke, supply))
  return loaded
}

async function loadOne(smoke: SmokeFile, supply: HostSupply): Promise<LoadedFile> {
  const host = await supply.get()
  const { file } = smoke
  await host.ready
  const call = host.nextCall()
  const answer = Promise.withResolvers<FromHost | undefined>()
  let late: string | undefined
  let output = Buffer.alloc(0)
  host.onOutput = (chunk) => {
    output = Buffer.concat([output, chunk]).subarray(-4_000)
  }
  host.onMessage = (message) => {
    if (message.type === 'late') late ??= message.detail
    else if ('call' in message && message.call === call) answer.resolve(message)
  }
  const timer = setTimeout(() => answer.resolve(undefined), LOAD_MS)
  host.send({ type: 'load', call, file })
  const message = await Promise.race([answer.promise, host.exited])
  clearTimeout(timer)
  host.onMessage = undefined
  const problem = (text: string): LoadedFile => ({ ok: false, problems: [{ file, message: text }] })
  try {
    if (message === undefined) {
      return problem(
        `it did not load within ${formatDuration(LOAD_MS)}: an endless loop, or a top-level await?`,
      )
    }
    if (!('type' in message)) {
      await host.drained()
      const why = message.detail ?? (message.signal === null ? `code ${message.code}` : message.signal)
      const tail = output.toString('utf8').trim()
      return problem(`its process ended while it was loaded (${why})${tail === '' ? '' : `: ${tail}`}`)
    }
    if (late !== undefined) return problem(`it fails in the background while it is loaded: ${late}`)
    if (message.type === 'loaded') return { ok: true, smoke, described: message.described }
    return message.type === 'not-loaded' ? { ok: false, problems: message.problems } : problem('no answer')
  } finally {
    host.onOutput = undefined
    if (message === undefined || !('type' in message) || late !== undefined) await supply.discard(host)
  }
}
