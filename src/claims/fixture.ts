/** For the tests of this room and of the gauntlet: claims, ledgers and records in few words. */
import type { LedgerDocument } from '../ledger/json.ts'
import type { Found } from './assess.ts'
import type { FoundRun } from './last-run.ts'
import type { Claim, ClaimsFile, Gate, GateRecord } from './types.ts'

export const TREE = { id: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', dirty: false }
export const OTHER_TREE = { id: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', dirty: true }

export const claim = (id: string, more: Partial<Claim> = {}): Claim => ({
  id,
  sentence: `${id} holds`,
  risk: `${id} does not hold`,
  severity: 'medium',
  ...more,
})

export const gate = (id: string, ...claims: string[]): Gate => ({
  id,
  claims,
  command: ['true', id],
  deadlineMs: 1_000,
})

export const record = (id: string, more: Partial<GateRecord> = {}): GateRecord => ({
  schema: 1,
  gate: id,
  command: ['true', id],
  at: '2026-11-20T11:00:00.000Z',
  ms: 12,
  outcome: 'passed',
  exitCode: 0,
  signal: null,
  output: [],
  tree: TREE,
  ...more,
})

export const claimsFile = (more: Partial<ClaimsFile> = {}): ClaimsFile => ({
  file: '/shop/docs/claims.toml',
  tests: [],
  claims: [claim('a')],
  risks: [],
  gates: [],
  decisions: [],
  ...more,
})

type Row = LedgerDocument['rows'][number]

export const row = (smoke: string, claims: string[], more: Partial<Row> = {}): Row => ({
  smoke,
  class: 'PASS',
  ms: 5,
  seconds: 0,
  steps: 3,
  expectations: 3,
  title: `${smoke} does`,
  claims,
  failures: [],
  logs: {},
  ...more,
})

/** A run of these rows; `missing` are smokes of the chain that were not asked for. */
export function runOf(rows: Row[], missing: string[] = []): FoundRun {
  const chain = [...rows.map(({ smoke }) => smoke), ...missing]
  const count = (verdict: Row['class']) => rows.filter((one) => one.class === verdict).length
  const counts = {
    PASS: count('PASS'),
    FAIL: count('FAIL'),
    BLOCKED: count('BLOCKED'),
    SKIP: count('SKIP'),
    'NOT RUN': count('NOT RUN'),
  }
  const green = counts.PASS === chain.length
  const ledger: LedgerDocument = {
    schema: 1,
    run: '20261120T100200.000Z-ab12cd',
    at: '2026-11-20T10:02:00.000Z',
    dir: '/shop/logs/runs/20261120T100200.000Z-ab12cd',
    ms: 100,
    stack: { name: 'shop', file: '/shop/shop.toml' },
    tool: { version: '0.1.0', node: 'v24.0.0', platform: 'linux-x64' },
    rerun: 'smokechain verify --only',
    tree: TREE.id,
    dirty: TREE.dirty,
    green,
    exitCode: green ? 0 : 1,
    complete: missing.length === 0,
    finished: true,
    gateLine: `--- ${counts.PASS} PASS / ${counts.FAIL} FAIL ---`,
    counts,
    chain,
    rows,
    boot: { ok: true, ms: 10, failures: [] },
    leaks: [],
    deaths: [],
    evidenceLost: [],
    faults: [],
    warnings: [],
  }
  return { id: ledger.run, dir: ledger.dir, ledger }
}

export const found = (more: Partial<Found> = {}): Found => ({
  at: '2026-11-20T12:00:00.000Z',
  stack: 'shop',
  file: claimsFile(),
  records: new Map(),
  tests: [],
  tree: TREE,
  notes: [],
  ...more,
})

export const failure = (headline: string): Row['failures'][number] => ({
  tag: 'step-failed',
  headline,
  detail: [],
  data: { tag: 'step-failed' },
})
