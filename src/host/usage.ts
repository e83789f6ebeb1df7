/** CPU share and memory of a process family, through pidusage. */
import pidusage from 'pidusage'
import { hasCode } from './errno.ts'

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

/** The first time, pidusage starts programs that tell it the kernel's units: once, and not once for each who asks meanwhile. */
let units: Promise<unknown> | undefined

async function readSamples(pids: number[]): Promise<pidusage.Status[]> {
  units ??= pidusage(process.pid)
  await units
  try {
    const found: Record<number, pidusage.Status | null> = await pidusage(pids, { maxage: HISTORY_MS })
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
