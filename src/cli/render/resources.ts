/** What the daemons and the smokes used, as two tables. */
import { oneLine } from '../../kernel/failure-words.ts'
import type { Limits, Resources } from '../../kernel/resources.ts'
import { formatBytes } from '../../kernel/units.ts'
import type { DaemonUse, Row, Verdict } from '../../ledger/verdict.ts'
import { renderTable } from './table.ts'

/** Stands where the system does not tell. */
const UNKNOWN = '–'
/** How many daemons are named that worked most for a smoke. */
const NAMED = 3

/** Empty when nothing was told. */
export function renderResources({ daemons, rows }: Pick<Verdict, 'daemons' | 'rows'>): string[] {
  const used = daemons.filter(({ resources }) => resources !== undefined)
  const ran = rows.filter(({ resources }) => resources !== undefined)
  return [...(used.length === 0 ? [] : tableOfDaemons(used)), ...(ran.length === 0 ? [] : tableOfSmokes(ran))]
}

const NUMBERS = new Set([1, 2, 3, 4, 5])

function tableOfDaemons(daemons: readonly DaemonUse[]): string[] {
  const most = [...daemons].sort((a, b) => cpuOf(b.resources) - cpuOf(a.resources))
  const head = ['  daemon', 'CPU', 'memory', 'threads', 'files', 'logged']
  const lines = most.map(({ daemon, incarnations, resources = {}, limits = {} }) => [
    `  ${oneLine(daemon)}`,
    formatCpu(resources.cpuSeconds),
    formatMemory(resources, limits),
    formatCount(resources.threads),
    `${formatCount(resources.fds)}${limits.maxFds === undefined ? '' : `/${limits.maxFds}`}`,
    formatLogged(resources),
    ...(incarnations > 1 ? [`started ${incarnations} times`] : []),
  ])
  return [
    'used by the daemons, most CPU time first; memory, threads and files at their peak',
    ...renderTable([head, ...lines], NUMBERS),
  ]
}

function tableOfSmokes(rows: readonly Row[]): string[] {
  const head = ['  smoke', 'CPU', 'own', 'memory', 'threads', 'files', 'logged', 'daemons that worked most']
  const lines = rows.map(({ smoke, resources }) => {
    const { own = {}, daemons = {} } = resources ?? {}
    const busiest = Object.entries(daemons)
      .filter(([, used]) => cpuOf(used) > 0)
      .sort(([, a], [, b]) => cpuOf(b) - cpuOf(a))
    return [
      `  ${oneLine(smoke)}`,
      formatCpu(sum([own, ...Object.values(daemons)].map(({ cpuSeconds }) => cpuSeconds))),
      formatCpu(own.cpuSeconds),
      formatSize(own.peakRssBytes),
      formatCount(own.threads),
      formatCount(own.fds),
      formatLogged(own),
      busiest
        .slice(0, NAMED)
        .map(([name, used]) => `${oneLine(name)} ${formatCpu(used.cpuSeconds)}`)
        .join(', '),
    ]
  })
  const numbers = new Set([...NUMBERS, 6])
  return [
    'used by the smokes; memory, threads and files of their own processes',
    ...renderTable([head, ...lines], numbers),
  ]
}

const cpuOf = (used: Resources | undefined): number => used?.cpuSeconds ?? 0

/** Undefined when none is known. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0)
}

const formatCpu = (seconds: number | undefined): string =>
  seconds === undefined ? UNKNOWN : `${seconds.toFixed(2)} s`
const formatSize = (bytes: number | undefined): string => (bytes === undefined ? UNKNOWN : formatBytes(bytes))
const formatCount = (count: number | undefined): string => (count === undefined ? UNKNOWN : String(count))
const formatLogged = ({ loggedBytes }: Resources): string => formatSize(loggedBytes)

function formatMemory({ peakRssBytes }: Resources, { maxRssBytes }: Limits): string {
  return `${formatSize(peakRssBytes)}${maxRssBytes === undefined ? '' : ` / ${formatBytes(maxRssBytes)}`}`
}
