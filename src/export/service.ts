/** The unit of one daemon. Every choice that is not the stack file's is explained in docs/operations.md. Pure. */
import { join } from 'node:path'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import { quoteWord, writeDuration, writePath } from './quote.ts'
import type { ServiceOptions } from './types.ts'

/** The check runs in the unit's own control group until the daemon is ready; bytes that it may take. */
const CHECK_BYTES = 192 * 2 ** 20
/** The check says itself what was lacking; systemd ends it only when it cannot. Milliseconds. */
const CHECK_MARGIN_MS = 15_000
/** One that has been up for so long counts its restarts from one again. Milliseconds. */
const RECOVERED_MS = 60_000

/**
 * The text of one `.service` file, with its last newline. It names files that the caller has to write: the rendered
 * `[config]`, and the environment file of a daemon that has hidden variables. `programs` must have the daemon's
 * program.
 */
export function renderService(o: ServiceOptions): string {
  const unit = [
    '# Rendered by `smokechain export systemd`. Render it again rather than editing it; what is yours goes into a',
    `# drop-in: systemctl edit ${o.prefix}-${o.daemon.name}.service`,
    ...unitSection(o),
  ]
  const sections = [unit, serviceSection(o), ['[Install]', `WantedBy=${o.prefix}.target`]]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function unitSection({ daemon, prefix, resolved }: ServiceOptions): string[] {
  const needs = daemon.needs.map((need) => `${prefix}-${need}.service`)
  const first = daemon.expose ? ['network-online.target', ...needs] : needs
  return [
    '[Unit]',
    `Description=${daemon.name} of the stack ${resolved.stack.name}`,
    `PartOf=${prefix}.target`,
    ...(first.length > 0 ? [`Wants=${first.join(' ')}`, `After=${first.join(' ')}`] : []),
    ...limitRestarts(daemon),
  ]
}

/** As many starts as the stack file allows, within a time in which they cannot but have followed on each other. */
function limitRestarts({ restart, readyTimeoutMs }: ResolvedDaemon): string[] {
  if (restart === undefined) return []
  const oneMs = readyTimeoutMs + CHECK_MARGIN_MS + restart.backoffMs
  const intervalMs = Math.ceil(((restart.limit + 1) * oneMs + RECOVERED_MS) / 1_000) * 1_000
  return [`StartLimitIntervalSec=${writeDuration(intervalMs)}`, `StartLimitBurst=${restart.limit + 1}`]
}

function serviceSection(o: ServiceOptions): string[] {
  const { daemon, environment, prefix } = o
  const [, ...args] = daemon.command
  const program = o.programs.get(daemon.name) ?? ''
  const envFile = join(o.outDir, `${prefix}-${daemon.name}.env`)
  const { restart, stopGraceMs } = daemon
  return [
    '[Service]',
    'Type=exec',
    `ExecStart=${writeCommand([program, ...args])}`,
    ...(o.checkArguments.length > 0
      ? [`ExecStartPost=${writeCommand([...o.tool, ...o.checkArguments])}`]
      : []),
    `WorkingDirectory=${writePath(daemon.cwd)}`,
    ...environment.open.map(([name, value]) => `Environment=${quoteWord(`${name}=${value}`)}`),
    ...(environment.hidden.length > 0 ? [`EnvironmentFile=${writePath(envFile)}`] : []),
    ...(o.scope === 'system' ? [`User=${o.runAs}`] : []),
    `TimeoutStartSec=${writeDuration(daemon.readyTimeoutMs + CHECK_MARGIN_MS)}`,
    // 0 would mean: wait for ever.
    `TimeoutStopSec=${writeDuration(Math.max(stopGraceMs, 1))}`,
    'KillMode=control-group',
    // Like the tool's own supervisor: an end that nobody asked for is a failure, whatever its exit code.
    ...(restart === undefined
      ? ['Restart=no']
      : ['Restart=always', `RestartSec=${writeDuration(restart.backoffMs)}`]),
    ...(daemon.maxRssBytes === undefined ? [] : [`MemoryMax=${daemon.maxRssBytes + CHECK_BYTES}`]),
    'UMask=0077',
    ...harden(o),
  ]
}

/** `:` keeps systemd from expanding `$`. */
const writeCommand = (words: readonly string[]): string => `:${words.map(quoteWord).join(' ')}`

/** A service manager of a user has no right to most of it. */
function harden(o: ServiceOptions): string[] {
  const everywhere = [
    'NoNewPrivileges=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
    'RestrictSUIDSGID=yes',
    'RestrictRealtime=yes',
    'LockPersonality=yes',
  ]
  if (o.scope === 'user') return everywhere
  const { daemon, dataDir } = o
  const program = o.programs.get(daemon.name) ?? ''
  const paths = [o.resolved.stack.file, o.outDir, daemon.cwd, program, ...o.tool, dataDir ?? '/']
  const isAtHome = paths.some((path) => /^\/(home|root|run\/user)(\/|$)/.test(path))
  const lowPort = daemon.binds.some(({ port }) => port < 1_024)
  return [
    ...everywhere,
    'ProtectSystem=strict',
    // Hidden altogether where nothing of the stack is there; its files are not to be hidden from itself.
    `ProtectHome=${isAtHome ? 'read-only' : 'yes'}`,
    'PrivateTmp=yes',
    ...(dataDir === undefined ? [] : [`ReadWritePaths=${quoteWord(dataDir)}`]),
    'PrivateDevices=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectControlGroups=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    `CapabilityBoundingSet=${lowPort ? 'CAP_NET_BIND_SERVICE' : ''}`,
    ...(lowPort ? ['AmbientCapabilities=CAP_NET_BIND_SERVICE'] : []),
    'SystemCallArchitectures=native',
    ...(daemon.expose ? [] : ['IPAddressDeny=any', 'IPAddressAllow=localhost']),
  ]
}
