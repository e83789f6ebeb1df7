/**
 * What the tool adds to a chain: the wall time of the real command, less the boot's critical path, the smokes themselves
 * and the stop. On a stack of trivial daemons, and on the embedded platform.
 */

import { REPOSITORY, runTool } from './kit/command.ts'
import { describeMachine } from './kit/machine.ts'
import { type Phases, phasesOf } from './kit/phases.ts'
import { makeProject, trivialSmoke } from './kit/project.ts'
import type { Row } from './kit/row.ts'
import { median, quantile, round } from './kit/stats.ts'

const TRIVIAL_TRIALS = 7
const PLATFORM_TRIALS = 1
const DAEMONS = 12
const SMOKES = 21
const TARGET = 'overhead < 300 ms'

/** In layers, as platforms are: every daemon but the first needs an earlier one. */
const daemons = Array.from({ length: DAEMONS }, (_, i) => ({
  name: `d${i}`,
  needs: i === 0 ? [] : [`d${Math.floor((i - 1) / 3)}`],
}))
const smokes = Array.from({ length: SMOKES }, (_, i) => trivialSmoke(`s${i}`, `d${i % DAEMONS}`))

async function measureOverhead(): Promise<Row[]> {
  const trivial: Phases[] = []
  const platform: Phases[] = []
  using project = makeProject(daemons, smokes)
  for (let i = 0; i < TRIVIAL_TRIALS; i += 1) {
    trivial.push(phasesOf(await runTool(['verify'], [0], { cwd: project.folder })))
  }
  for (let i = 0; i < PLATFORM_TRIALS; i += 1) {
    // A red chain has its overhead too.
    platform.push(phasesOf(await runTool(['verify'], [0, 1], { cwd: REPOSITORY })))
  }
  return [
    ...describe(`${DAEMONS} trivial daemons, ${SMOKES} trivial smokes`, trivial),
    ...describe('the embedded platform, stacks/dev.toml', platform),
  ]
}

function describe(what: string, runs: readonly Phases[]): Row[] {
  const of = (name: keyof Phases): number[] => runs.map((run) => run[name])
  const middle = (name: keyof Phases): number => round(median(of(name)))
  return [
    {
      what,
      target: TARGET,
      values: {
        'overhead median ms': middle('overhead'),
        'least ms': round(quantile(of('overhead'), 0)),
        trials: runs.length,
        load: describeMachine().load,
      },
    },
    {
      what: '  the median run, by phase',
      values: {
        'wall ms': middle('wall'),
        'before the first event ms': middle('before'),
        'boot path ms': middle('bootPath'),
        'smokes ms': middle('smokes'),
        'stop ms': middle('stop'),
        'after the run ms': middle('after'),
      },
    },
  ]
}

export default { name: 'orchestration overhead', run: measureOverhead }
