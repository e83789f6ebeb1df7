/** Notes the machine that a run is made on, and says which smokes are slower there than they are otherwise. */

import { createSlowFinder, readSamples, type Samples, smokesWithoutHistory } from '../../history/keep.ts'
import { nameMachine } from '../../history/record.ts'
import { SLOW_RULE } from '../../history/slow.ts'
import { platformName, readMachineLoad } from '../../host/load.ts'
import type { Emit } from '../../kernel/event.ts'
import type { FindSlow } from '../../kernel/slowness.ts'
import type { AttachedStack } from '../../operate/attach.ts'
import type { SmokeFile } from '../../smoke/types.ts'
import type { Stack } from '../../stack/types.ts'

export interface PacedRun {
  readonly stack: Stack
  readonly selected: readonly SmokeFile[]
  readonly attached: AttachedStack | undefined
  readonly options: { readonly failOnSlow?: boolean }
  readonly logs: string
  readonly stressed?: boolean
}

export interface Pace {
  /** Nothing is slow before the history has been read. */
  readonly findSlow: FindSlow
  /** Takes a few milliseconds, in which nothing else goes on. */
  readHistory(): void
  /** Why the history could not be read, when that has not been said yet. */
  unsaid(): string | undefined
}

/** Notes the machine at once: later, its load is that of the run itself. */
export function createPace(run: PacedRun, emit: Emit): Pace {
  const stressed = run.stressed ?? false
  const { cpu, cores, load } = readMachineLoad()
  emit({ type: 'machine.noted', cpu, cores, load, stressed })
  let findSlow: FindSlow = () => undefined
  let unsaid: string | undefined

  function tellUnknown(samples: Samples): void {
    const all = run.selected.map((smoke) => smoke.id)
    const unknown = smokesWithoutHistory(all, samples)
    if (!run.options.failOnSlow || unknown.length === 0) return
    const which = unknown.length === all.length ? 'any smoke' : unknown.join(', ')
    const message = `--fail-on-slow: nobody can tell yet of ${which}: it takes ${SLOW_RULE.minSamples} runs that compare with this one (docs/history.md)`
    emit({ type: 'warning', message })
  }

  return {
    findSlow: (smoke, ms) => findSlow(smoke, ms),
    unsaid: () => unsaid,
    readHistory() {
      // Durations under stress compare with nothing.
      if (stressed) return
      const samples = readSamples(run.logs, {
        stack: run.stack.name,
        machine: nameMachine(platformName(), cpu),
        cores,
        load,
        attached: run.attached !== undefined,
        whole: run.selected.length === run.stack.chain.length,
      })
      if (!samples.ok) {
        // Nobody waits for it, unless asked to; and at the end the same fault is mostly told again.
        if (run.options.failOnSlow) emit({ type: 'warning', message: samples.error })
        else unsaid = samples.error
        return
      }
      findSlow = createSlowFinder(samples.value)
      tellUnknown(samples.value)
    },
  }
}
