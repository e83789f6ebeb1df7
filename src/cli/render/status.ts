/** A stack that is up, as a table for people. */
import { oneLine } from '../../kernel/failure-words.ts'
import { formatBytes, formatDuration } from '../../kernel/units.ts'
import type { DaemonStatus, StackStatus } from '../../operate/status.ts'
import type { Paint } from './paint.ts'
import { renderTable } from './table.ts'

const HEADER = ['daemon', 'state', 'pid', 'uptime', 'address', 'cpu', 'memory', 'restarts', 'last health']
const NUMBERS: ReadonlySet<number> = new Set([2, 3, 5, 6, 7])
const NONE = '-'

/** @param file the stack file, as people know it. */
export function renderStatus(status: StackStatus, file: string, paint: Paint): string[] {
  const { owner, data, state, daemons } = status
  const rows = renderTable([HEADER, ...daemons.map(renderDaemon)], NUMBERS)
  const table = rows.map((row, index) => {
    const daemon = daemons[index - 1]
    if (!daemon) return paint.dim(row)
    return daemon.state === 'ready' && daemon.health?.ok !== false ? row : paint.bad(row)
  })
  // A headline names its daemon.
  const why = daemons.flatMap(({ failure }) => (failure === undefined ? [] : [oneLine(failure, 300)]))
  const by = owner
    ? `, supervised by PID ${owner.pid} since ${owner.since}${owner.detached ? ', detached' : ''}`
    : ''
  const where = data === undefined ? '' : `, data in ${data}`
  const title = `${file} is ${state === 'up' ? paint.good(state) : paint.bad(state)}${by}${where}`
  return [title, ...table, ...(why.length > 0 ? ['', ...why] : [])]
}

function renderDaemon(daemon: DaemonStatus): string[] {
  const { name, state, pid, uptimeMs, addresses, cpuPercent, rssBytes, restarts, health } = daemon
  return [
    name,
    state,
    pid === undefined ? NONE : String(pid),
    uptimeMs === undefined ? NONE : formatUptime(uptimeMs),
    addresses.map(formatAddress).join(' ') || NONE,
    cpuPercent === undefined ? NONE : `${cpuPercent.toFixed(1)}%`,
    rssBytes === undefined ? NONE : formatBytes(rssBytes),
    String(restarts),
    health === undefined
      ? NONE
      : `${health.ok ? 'ok' : 'NOT OK'}, ${formatDuration(health.agoMs)} ago: ${oneLine(health.saw, 80)}`,
  ]
}

function formatAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

const HOUR_MS = 3_600_000

/** Hours and days, for what runs long. */
function formatUptime(ms: number): string {
  if (ms < HOUR_MS) return formatDuration(ms)
  const hours = Math.floor(ms / HOUR_MS)
  const minutes = Math.floor((ms % HOUR_MS) / 60_000)
  return hours < 24 ? `${hours} h ${minutes} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
