/** Notes the machine that a run is made on, and says which smokes are slower there than they are otherwise. */
import { createSlowFinder, readSamples, type SlowFinder } from '../../history/keep.ts'
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
  /** What could not be told, for whoever waits for it (`--fail-on-slow`). */
  findGap(): string | undefined
  /** Why the history could not be read. */
  readonly fault: string | undefined
}

/** Notes the machine at once: later, its load is that of the run itself. */
export function createPace(run: PacedRun, emit: Emit): Pace {
  const stressed = run.stressed ?? false
  const { cpu, cores, load } = readMachineLoad()
  emit({ type: 'machine.noted', cpu, cores, load, stressed })
  let finder: SlowFinder | undefined
  let fault: string | undefined

  return {
    findSlow: (smoke, taken) => finder?.find(smoke, taken),
    get fault() {
      return fault
    },
    readHistory() {
      // Durations under stress compare with nothing.
      if (stressed) return
      const samples = readSamples(run.logs, {
        stack: run.stack.name,
        machine: nameMachine(platformName(), cpu),
        cores,
        attached: run.attached !== undefined,
        whole: run.selected.length === run.stack.chain.length,
      })
      if (samples.ok) finder = createSlowFinder(samples.value)
      else fault = samples.error
    },
    findGap() {
      if (!run.options.failOnSlow) return undefined
      if (fault !== undefined) return fault
      const unknown = finder?.unknown() ?? []
      if (unknown.length === 0) return undefined
      const why = `it takes ${SLOW_RULE.minSamples} runs that compare, and no more than half of the machine busy with something else (docs/history.md)`
      return `--fail-on-slow could not tell of ${unknown.join(', ')}: ${why}`
    },
  }
}
