/** What the daemons use while a smoke runs, and who of them has used too much. */
import type { Failure } from '../kernel/failure.ts'
import type { Resources, SmokeResources } from '../kernel/resources.ts'
import type { CrewMember } from './crew.ts'

/** Before the smoke is told as begun: what was exceeded until now is not laid at its door. */
export function beginUse(daemons: ReadonlyMap<string, CrewMember>): void {
  for (const daemon of daemons.values()) daemon.beginUse()
}

/** @returns what each has used, and the budgets that were exceeded by it. */
export function endUse(
  daemons: ReadonlyMap<string, CrewMember>,
  smoke: string,
): { readonly used: SmokeResources['daemons']; readonly excesses: readonly Failure[] } {
  const used: Record<string, Resources> = {}
  const excesses: Failure[] = []
  for (const [name, daemon] of daemons) {
    const { resources, excess } = daemon.endUse(smoke)
    // Of one that was not booted there is nothing to tell.
    if (Object.keys(resources).length > 0) used[name] = resources
    if (excess) excesses.push(excess)
  }
  return { used, excesses }
}

/** CPU seconds of a smoke and of the daemons meanwhile, as far as they are known. */
export function sumCpu({ own, daemons }: SmokeResources): number {
  return Object.values(daemons).reduce((sum, { cpuSeconds = 0 }) => sum + cpuSeconds, own?.cpuSeconds ?? 0)
}
