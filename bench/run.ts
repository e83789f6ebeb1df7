/**
 * `just bench [name…]`: runs the benchmarks of this folder, one after the other, and prints one table with each target
 * beside its figure. It judges nothing: machines are shared, and a figure is read together with the load it was taken
 * under. Exit code 1: a name is unknown, or a benchmark broke.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { didYouMean } from '../src/kernel/text.ts'
import { describeMachine, formatMachine } from './kit/machine.ts'
import { type Benchmark, benchmarkOf } from './kit/row.ts'
import { renderTable, type Section } from './kit/table.ts'

const FOLDER = import.meta.dirname
const RESULTS = join(FOLDER, 'results')

interface Found {
  /** The file's name without `.ts`: what is written on the command line. */
  readonly id: string
  readonly benchmark: Benchmark
}

async function findBenchmarks(): Promise<Found[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  const found: Found[] = []
  for (const file of files.sort()) {
    const benchmark = benchmarkOf(await import(pathToFileURL(join(FOLDER, file)).href))
    if (benchmark) found.push({ id: file.slice(0, -'.ts'.length), benchmark })
  }
  return found
}

async function runAll(wanted: readonly Found[]): Promise<number> {
  const before = describeMachine()
  const sections: Section[] = []
  let broken = 0
  for (const { id, benchmark } of wanted) {
    process.stderr.write(`${id} …\n`)
    try {
      sections.push({ name: benchmark.name, rows: await benchmark.run() })
    } catch (error) {
      broken += 1
      process.stderr.write(`${id}: ${error instanceof Error ? error.stack : String(error)}\n`)
    }
  }
  const after = describeMachine()
  const lines = [
    `before: ${formatMachine(before)}`,
    `after:  load ${after.load}`,
    '',
    ...renderTable(sections),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  process.stdout.write(`\n${writeResult({ at: new Date().toISOString(), before, after, sections })}\n`)
  return broken === 0 ? 0 : 1
}

/** @returns the path, from the folder that the command was called in. */
function writeResult(result: { readonly at: string; readonly [what: string]: unknown }): string {
  mkdirSync(RESULTS, { recursive: true })
  const file = join(RESULTS, `${result.at.replaceAll(/[-:]/g, '')}.json`)
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`)
  return file
}

const names = process.argv.slice(2)
const found = await findBenchmarks()
const known = found.map(({ id }) => id)
const unknown = names.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  for (const name of unknown) {
    process.stderr.write(
      `no benchmark named "${name}"${didYouMean(name, known)} (known: ${known.join(', ')})\n`,
    )
  }
  process.exitCode = 1
} else {
  process.exitCode = await runAll(names.length === 0 ? found : found.filter(({ id }) => names.includes(id)))
}
