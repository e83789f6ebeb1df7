/** How long `smokechain history` takes as a whole process on 1,000 runs of 21 smokes, and what the history costs a run. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { historyIn, readSamples } from '../src/history/keep.ts'
import type { RunRecord, SmokeRecord } from '../src/history/record.ts'
import { withHistory } from '../src/history/store.ts'
import { runNode, runTool } from './kit/command.ts'
import { makeProject } from './kit/project.ts'
import type { Row } from './kit/row.ts'
import { spread } from './kit/stats.ts'

const RUNS = 1_000
const SMOKES = 21
const TRIALS = 15

const QUESTIONS: readonly (readonly string[])[] = [
  ['history'],
  ['history', 's5'],
  ['history', '--last', String(RUNS)],
  ['history', 's5', '--last', String(RUNS)],
  ['history', '--json', '--last', String(RUNS)],
]

/** Durations that scatter without chance. */
const duration = (run: number, smoke: number): number => 200 + ((run * 7_919 + smoke * 104_729) % 1_000)

function makeRecord(n: number): RunRecord {
  const smokes = Array.from(
    { length: SMOKES },
    (_, i): SmokeRecord => ({
      smoke: `s${i}`,
      class: (n + i) % 97 === 0 ? 'FAIL' : 'PASS',
      ms: duration(n, i),
      steps: 15,
      expectations: 45,
      slow: 'no',
    }),
  )
  return {
    run: `20261120T${String(n).padStart(6, '0')}.000Z-${n.toString(16).padStart(6, '0')}`,
    at: new Date(Date.UTC(2026, 10, 20) + n * 60_000).toISOString(),
    stack: 'dev',
    stackFile: '/srv/platform/stacks/dev.toml',
    tree: (n >> 2).toString(16).padStart(40, '0'),
    dirty: n % 3 === 0,
    tool: '0.1.0',
    node: process.version,
    machine: 'bench',
    cores: 2,
    load: 1,
    stressed: false,
    attached: false,
    whole: true,
    finished: true,
    green: true,
    exitCode: 0,
    gateLine: `--- ${SMOKES} PASS / 0 FAIL ---`,
    bootMs: 1_800,
    ms: 15_000,
    expectations: 937,
    smokes,
  }
}

/** @throws Error when the store says no. */
function add(logs: string, records: readonly RunRecord[]): void {
  const added = withHistory(historyIn(logs), { writable: true }, (store) => store.add(records))
  if (!added.ok) throw new Error(added.error)
}

function time(action: () => void): number {
  const from = performance.now()
  action()
  return performance.now() - from
}

async function measureHistory(): Promise<Row[]> {
  using project = makeProject([], [])
  const logs = join(project.folder, 'logs')
  mkdirSync(join(logs, 'runs'), { recursive: true })
  const records = Array.from({ length: RUNS }, (_, n) => makeRecord(n))
  add(logs, records)

  const node: number[] = []
  const walls = QUESTIONS.map((): number[] => [])
  for (let i = 0; i < TRIALS; i += 1) {
    node.push((await runNode(['-e', '0'])).wallMs)
    for (const [q, question] of QUESTIONS.entries()) {
      walls[q]?.push((await runTool(question, [0], { cwd: project.folder })).wallMs)
    }
  }
  const like = { stack: 'dev', machine: 'bench', cores: 2, load: 1, attached: false, whole: true }
  const reads = Array.from({ length: TRIALS }, () => time(() => readSamples(logs, like)))
  const writes = Array.from({ length: TRIALS }, (_, i) => time(() => add(logs, [makeRecord(RUNS + i)])))
  return [
    { what: 'node -e 0', values: spread(node) },
    ...QUESTIONS.map((question, q) => ({
      what: question.join(' '),
      target: '< 200 ms',
      values: spread(walls[q] ?? []),
    })),
    { what: 'a run reads what earlier ones took', values: spread(reads) },
    { what: 'a run adds itself', values: spread(writes) },
  ]
}

export default { name: `history of ${RUNS} runs with ${SMOKES} smokes each`, run: measureHistory }
