/** The machine, as far as durations depend on it. */
import { availableParallelism, cpus, loadavg } from 'node:os'
import { now } from '../kernel/clock.ts'

export interface MachineLoad {
  /** Model of the processor; empty where the system does not tell. */
  readonly cpu: string
  /** Cores that this process may use. */
  readonly cores: number
  /** One-minute load average: processes that wanted a core. */
  readonly load: number
}

/** `linux-x64`. */
export const platformName = (): string => `${process.platform}-${process.arch}`

/** How it is now. */
export function readMachineLoad(): MachineLoad {
  const cpu = cpus()[0]?.model.trim() ?? ''
  return { cpu, cores: availableParallelism(), load: Math.round((loadavg()[0] ?? 0) * 100) / 100 }
}

/**
 * Begins to measure how much of the machine others have.
 *
 * @returns to be called at the end with the CPU seconds of the run's other processes meanwhile: the share that went
 *   neither to them, nor to this process, nor to nobody; 0 to 1.
 */
export function measureOthers(): (ownCpuSeconds: number) => number {
  const startedAt = now()
  const before = readIdle()
  const ownBefore = process.cpuUsage()
  return (ownCpuSeconds) => {
    const { user, system } = process.cpuUsage(ownBefore)
    const idleMs = readIdle().idleMs - before.idleMs
    const capacityMs = (now() - startedAt) * before.cores
    const others = (capacityMs - idleMs - ownCpuSeconds * 1_000 - (user + system) / 1_000) / capacityMs
    return Math.round(Math.min(1, Math.max(0, others)) * 1_000) / 1_000
  }
}

/** Of all cores together, since the machine started. */
function readIdle(): { readonly idleMs: number; readonly cores: number } {
  const all = cpus()
  return { idleMs: all.reduce((sum, { times }) => sum + times.idle, 0), cores: Math.max(1, all.length) }
}
