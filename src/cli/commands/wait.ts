/**
 * `smokechain wait NAME`: waits until a daemon that somebody else has started (systemd, a container, a person) is ready,
 * by the probes of the stack file.
 */
import { baseEnvironment } from '../../host/environment.ts'
import { identify, type ProcessIdentity } from '../../host/process-table.ts'
import { formatDuration } from '../../kernel/units.ts'
import { awaitRunning } from '../../readiness/await-running.ts'
import { renderDiagnostics } from '../../stack/diagnostic.ts'
import { loadStack } from '../../stack/load.ts'
import { placeProblems, SourceText } from '../../stack/locate.ts'
import { findLeasedPorts, listAskable } from '../../stack/outside.ts'
import { type ResolvedDaemon, resolveDataFolder, resolveStack } from '../../stack/resolve.ts'
import type { DaemonSpec, Stack } from '../../stack/types.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { unknownName } from '../names.ts'
import { findStackFile } from '../stack-file.ts'

export interface WaitOptions {
  readonly stack: string
  /** Milliseconds; default: the daemon's `ready_timeout`. */
  readonly timeout?: number
  /** What `{data}` and `{config}` mean in the daemon's probes. */
  readonly data?: string
  readonly config?: string
}

/** Runs the command. @returns the exit code: 0 ready, 3 not. */
export async function wait(name: string, options: WaitOptions): Promise<number> {
  const loaded = await loadStack(findStackFile(options.stack, process.cwd()))
  if (!loaded.ok) return complain([renderDiagnostics(loaded.error)], ExitCode.usage)
  const stack = loaded.value
  if (!stack.daemons.has(name)) {
    return complain([asError(unknownName('daemon', name, [...stack.daemons.keys()]))], ExitCode.usage)
  }
  const daemon = resolveDaemon(stack, name, options)
  if ('exitCode' in daemon) return daemon.exitCode
  if (listAskable(daemon).length === 0) {
    return complain([asError(`${name} has neither a socket nor a probe that can be asked`)], ExitCode.usage)
  }
  const supervised = readMainPid(process.env)
  if (supervised === 'ended') return complain([asError(`${name} has ended already`)], ExitCode.notUp)

  const timeoutMs = options.timeout ?? daemon.readyTimeoutMs
  const asked = await awaitRunning(daemon, {
    timeoutMs,
    env: { ...baseEnvironment(), ...daemon.env },
    ...(supervised && { process: supervised }),
  })
  const lacking = asked.filter(({ outcome }) => outcome.how !== 'held')
  if (lacking.length === 0) {
    process.stdout.write(`${name} is ready\n`)
    return ExitCode.ok
  }
  const details = lacking.map(
    ({ spec, outcome }) => `  ${spec.kind}: ${outcome.results.at(-1)?.saw ?? 'never asked'}`,
  )
  const ended = lacking.some(({ outcome }) => outcome.how === 'fatal')
  const headline = ended
    ? `${name} cannot become ready`
    : `${name} was not ready within ${formatDuration(timeoutMs)}`
  return complain([asError(headline), ...details], ExitCode.notUp)
}

/** systemd names the process that it has started; undefined outside of it. */
function readMainPid(env: NodeJS.ProcessEnv): ProcessIdentity | 'ended' | undefined {
  const text = env['MAINPID']
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text)) return undefined
  return identify(Number(text)) ?? 'ended'
}

/**
 * Fills in what the probes need and nothing else: the variables of the other daemons, and of this one's command, are
 * not there where it is only waited for.
 */
function resolveDaemon(
  stack: Stack,
  name: string,
  options: WaitOptions,
): ResolvedDaemon | { readonly exitCode: number } {
  const refuse = (diagnostics: Parameters<typeof renderDiagnostics>[0]) => ({
    exitCode: complain([renderDiagnostics(diagnostics)], ExitCode.usage),
  })
  const leased = findLeasedPorts(
    stack,
    'port 0 is leased for one run of the tool; whoever waits from outside needs a fixed one',
  )
  if (leased.length > 0) {
    return refuse(placeProblems(leased, new SourceText(stack.file, stack.source ?? '')))
  }
  const { config: _config, ...rest } = stack
  const daemons = new Map(
    [...stack.daemons].map(([key, one]) => [key, key === name ? bare(one) : empty(one)]),
  )
  const data = options.data === undefined ? resolveDataFolder(stack, process.env) : undefined
  if (data?.ok === false) return refuse(data.error)
  const resolved = resolveStack(
    { ...rest, config: undefined, daemons },
    {
      ports: new Map(),
      dataDir: options.data ?? data?.value ?? '',
      configPath: options.config ?? '',
      env: process.env,
    },
  )
  if (!resolved.ok) return refuse(resolved.error)
  const daemon = resolved.value.daemons.get(name)
  if (daemon === undefined) throw new Error(`${name} was lost`)
  return daemon
}

const bare = (daemon: DaemonSpec): DaemonSpec => ({ ...daemon, command: [], env: {}, alive: [] })

const empty = (daemon: DaemonSpec): DaemonSpec => ({ ...bare(daemon), cwd: '{root}', ready: [] })
