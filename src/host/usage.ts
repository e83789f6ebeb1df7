/** CPU share and memory of a process family, through pidusage. */
import type pidusage from 'pidusage'
import { hasCode } from '../kernel/errno.ts'

export interface Usage {
  /** 100 is one core. Since the sample before; a process sampled for the first time adds 0. */
  readonly cpuPercent: number
  /** Sum of resident sets: pages that processes share count for each of them. */
  readonly rssBytes: number
  readonly processes: number
  /** CPU time of each process so far, without its children's; milliseconds by PID. */
  readonly cpuMs: ReadonlyMap<number, number>
}

// pidusage keeps a process's last sample, and its /proc file open, this long: longer than any sampling interval, and
// not so long that the files of many dead processes pile up.
const HISTORY_MS = 15_000

/** Undefined when none of them is left. Those that are gone, or cannot be read, are left out. */
export async function sampleUsage(pids: readonly number[]): Promise<Usage | undefined> {
  if (pids.length === 0) return undefined
  const samples = await readSamples([...pids])
  if (samples.length === 0) return undefined
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    cpuPercent: sum(samples.map(({ cpu }) => cpu)),
    rssBytes: sum(samples.map(({ memory }) => memory)),
    processes: samples.length,
    cpuMs: new Map(samples.map(({ pid, ctime }) => [pid, ctime])),
  }
}

let loading: Promise<typeof pidusage> | undefined

/** Loaded for the first sample, which is taken when the daemons are up: nothing of a boot waits for it. */
async function loadMeter(): Promise<typeof pidusage> {
  const { default: measure } = await import('pidusage')
  // It starts programs that tell it the kernel's units: once, and not once for each who asks meanwhile.
  await measure(process.pid)
  return measure
}

async function readSamples(pids: number[]): Promise<pidusage.Status[]> {
  loading ??= loadMeter()
  const measure = await loading
  try {
    const found: Record<number, pidusage.Status | null> = await measure(pids, { maxage: HISTORY_MS })
    // One that is gone is null among the others; a zombie has no memory left and shows 0.
    return Object.values(found).filter((sample) => sample !== null && sample !== undefined)
  } catch (error) {
    // All of them gone.
    if (
      hasCode(error, 'ENOENT', 'ESRCH') ||
      (error instanceof Error && /No matching pid/.test(error.message))
    )
      return []
    throw error
  }
}
