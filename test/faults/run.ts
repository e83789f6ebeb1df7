/**
 * `just faults`: breaks one behaviour of one daemon at a time and looks whether the smoke that claims it goes red.
 * First the control: behind a proxy that breaks nothing the same smokes must pass, or a red one would tell nothing.
 *
 * [--only] ID… (faults, smokes or daemons), --write (docs/faults.md), --at-once N (runs side by side; 2). Exit 1: a
 * fault was not caught, or a control is not green.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bench, openBench, REPOSITORY, type Red } from './bench.ts'
import { ALL_FAULTS } from './catalogue.ts'
import type { Fault } from './fault.ts'
import { type Caught, renderPage, renderTable } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    write: { type: 'boolean' },
    'at-once': { type: 'string', default: '2' },
  },
})
const named = [...(values.only ?? []), ...positionals].flatMap((names) => names.split(','))
const only = named.length === 0 ? undefined : named
const chosen = ALL_FAULTS.filter(
  ({ id, smoke, daemon }) => !only || [id, smoke, daemon].some((name) => only.includes(name)),
)

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Works through the items, some at a time. */
async function forEach<T>(
  atOnce: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** What is wrong with a run behind a proxy that breaks nothing; undefined when nothing is. */
async function control(bench: Bench, daemon: string): Promise<string | undefined> {
  const smokes = [...new Set(chosen.filter((fault) => fault.daemon === daemon).map((fault) => fault.smoke))]
  const { rows, others } = await bench.verify({ daemon, fault: 'none', smokes })
  const red = rows
    .filter((row) => row.class !== 'PASS')
    .map((row) => `${row.smoke}: ${row.headlines.join('; ')}`)
  const wrong = [...red, ...others]
  return wrong.length === 0 ? undefined : wrong.join('; ')
}

/** The step that went red, or why nothing was proven. */
async function hunt(bench: Bench, fault: Fault): Promise<Caught> {
  const { rows, others } = await bench.verify({
    daemon: fault.daemon,
    fault: fault.id,
    smokes: [fault.smoke],
  })
  const [row] = rows
  if (others.length > 0) return { fault, problem: others.join('; ') }
  if (row?.class !== 'FAIL')
    return { fault, problem: `${fault.smoke} is ${row?.class ?? 'not in the ledger'}` }
  const red: Red | undefined = row.red
  return red
    ? { fault, step: red.step }
    : { fault, problem: `no expectation failed: ${row.headlines.join('; ')}` }
}

async function main(): Promise<number> {
  if (chosen.length === 0) {
    say(
      `no fault, smoke or daemon of that name; smokes: ${[...new Set(ALL_FAULTS.map((f) => f.smoke))].join(', ')}`,
    )
    return 2
  }
  const atOnce = Number(values['at-once'])
  if (!Number.isInteger(atOnce) || atOnce < 1) {
    say(`--at-once: "${values['at-once']}" is no number of runs`)
    return 2
  }
  using bench = openBench()
  let bad = 0
  await forEach(atOnce, [...new Set(chosen.map((fault) => fault.daemon))], async (daemon) => {
    const problem = await control(bench, daemon)
    if (problem !== undefined) bad += 1
    say(problem === undefined ? `control ${daemon}: green` : `control ${daemon}: NOT GREEN: ${problem}`)
  })
  const results = new Map<string, Caught>()
  await forEach(atOnce, chosen, async (fault) => {
    const result = await hunt(bench, fault)
    if (result.problem !== undefined) bad += 1
    results.set(fault.id, result)
    say(result.problem === undefined ? `caught ${fault.id}` : `NOT CAUGHT ${fault.id}: ${result.problem}`)
  })
  const ordered = chosen.flatMap((fault) => results.get(fault.id) ?? [])
  say(`\n${renderTable(ordered)}`)
  const caught = ordered.filter((result) => result.problem === undefined).length
  const smokes = new Set(chosen.map((fault) => fault.smoke)).size
  say(`--- faults: ${caught} of ${chosen.length} caught, by ${smokes} smokes ---`)
  if (values.write && bad === 0 && only === undefined) {
    writeFileSync(join(REPOSITORY, 'docs/faults.md'), renderPage(ordered))
  }
  return bad === 0 ? 0 : 1
}

process.exitCode = await main()
