/** Where the wall time of one `verify` went, from its journal and from outside. */
import { join } from 'node:path'
import { createTiming } from '../../src/cli/render/timing.ts'
import { readJournal } from '../../src/ledger/journal.ts'
import type { CommandRun } from './command.ts'

/** All in milliseconds. */
export interface Phases {
  readonly wall: number
  /** From the command to its first event: loading the tool, the stack and the smokes. */
  readonly before: number
  /** Daemons that each had to wait for the one before: what no tool could boot faster. */
  readonly bootPath: number
  readonly smokes: number
  readonly stop: number
  /** From the end of the run to the end of the process: writing the ledger, and the receipt. */
  readonly after: number
  /** `wall` less `bootPath`, `smokes` and `stop`: the tool's own. */
  readonly overhead: number
}

/** @throws Error when the run's directory is not named in its output. */
export function phasesOf(run: CommandRun): Phases {
  const dir = /\S*logs\/runs\/\S+/.exec(run.output)?.[0]
  if (dir === undefined) throw new Error(`no run directory in:\n${run.output}`)
  const timing = createTiming()
  let before = 0
  let startedAt = 0
  let finishedAt = 0
  for (const event of readJournal(join(dir, 'journal.jsonl')).events) {
    timing.add(event)
    if (event.type === 'run.finished') finishedAt = event.atMs
    if (event.type !== 'run.started') continue
    startedAt = event.atMs
    before = Date.parse(event.at) - run.startedAt
  }
  const { criticalPath, smokes, stopMs } = timing.current()
  const sum = (parts: readonly { readonly ms: number }[]): number =>
    parts.reduce((all, { ms }) => all + ms, 0)
  const bootPath = sum(criticalPath)
  const inSmokes = sum(smokes)
  const wall = run.wallMs
  return {
    wall,
    before,
    bootPath,
    smokes: inSmokes,
    stop: stopMs,
    after: wall - before - (finishedAt - startedAt),
    overhead: wall - bootPath - inSmokes - stopMs,
  }
}
