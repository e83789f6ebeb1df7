/** What the figures were measured on, without naming the machine. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly memoryGiB: number
  /** One-minute load average: processes that wanted a core. */
  readonly load: number
  readonly node: string
  readonly platform: string
}

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  }
}

export function formatMachine({ cores, cpu, memoryGiB, load, node, platform }: Machine): string {
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, load ${load}, node ${node}, ${platform}`
}
