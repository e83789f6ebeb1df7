/** The machine, as far as durations depend on it. */
import { availableParallelism, cpus, loadavg } from 'node:os'

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
