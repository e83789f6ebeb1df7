/**
 * From the claims and everything that was found to what can be said of each: a pure function, and so the one place
 * where it is decided what counts as evidence.
 */
import { nearest } from '../kernel/text.ts'
import type { LedgerDocument } from '../ledger/json.ts'
import { type FoundRun, isWhole } from './last-run.ts'
import {
  CLAIM_STATES,
  type Claim,
  type ClaimReport,
  type ClaimState,
  type ClaimsFile,
  type ClaimsReport,
  type Evidence,
  type Gate,
  type GateRecord,
  type NotedTree,
  type Stranger,
  type TestReport,
} from './types.ts'

export interface Found {
  /** ISO 8601. */
  readonly at: string
  /** Name of the stack. */
  readonly stack: string
  readonly file: ClaimsFile
  readonly run?: FoundRun
  /** By the gate's id. */
  readonly records: ReadonlyMap<string, GateRecord>
  readonly tests: readonly TestReport[]
  /** The working state now. */
  readonly tree?: NotedTree
  readonly notes: readonly string[]
}

type Row = LedgerDocument['rows'][number]

/**
 * Claims and gates in the file's order; the evidence of a claim as smokes, then tests, then gates. `exitCode` is 0
 * only when every claim is proven and nothing names a claim that the file does not have.
 */
export function assessClaims(found: Found): ClaimsReport {
  const { file, run, records } = found
  const whole = run !== undefined && isWhole(run)
  const tree = run && treeOf(run.ledger)
  const trees = [tree, found.tree].flatMap((noted) => noted?.id ?? [])
  const claims = file.claims.map((claim) => assessClaim(claim, found, whole, trees))
  const strangers = listStrangers(found)
  const counts = Object.fromEntries(
    CLAIM_STATES.map((state) => [state, claims.filter((claim) => claim.state === state).length]),
  ) as Record<ClaimState, number>
  return {
    schema: 1,
    at: found.at,
    stack: found.stack,
    file: file.file,
    ...(run && {
      run: {
        id: run.id,
        at: run.ledger.at,
        dir: run.dir,
        gateLine: run.ledger.gateLine,
        whole,
        ...(tree && { tree }),
      },
    }),
    ...(found.tree && { tree: found.tree }),
    claims,
    counts,
    strangers,
    gates: file.gates.map((gate) => {
      const last = records.get(gate.id)
      const stale = last && findStale(gate, last, trees)
      return { ...gate, ...(last && { last }), ...(stale !== undefined && { stale }) }
    }),
    risks: file.risks,
    decisions: file.decisions,
    notes: [...found.notes, ...found.tests.flatMap(describeFault)],
    exitCode: counts.proven === claims.length && strangers.length === 0 ? 0 : 1,
  }
}

function assessClaim(claim: Claim, found: Found, whole: boolean, trees: readonly string[]): ClaimReport {
  const smokes = found.run ? smokeEvidence(claim.id, found.run) : []
  const tests = found.tests.flatMap((report) => testEvidence(claim.id, report))
  const gates = found.file.gates
    .filter((gate) => gate.claims.includes(claim.id))
    .map((gate) => gateEvidence(gate, found.records.get(gate.id), trees))
  const evidence = [...smokes, ...tests, ...gates]
  return { ...claim, state: stateOf(evidence, whole), evidence }
}

/** The stated rule (docs/claims.md). @param whole the run was asked for the whole chain. */
export function stateOf(evidence: readonly Evidence[], whole: boolean): ClaimState {
  // What a smoke that was not asked for names is not known.
  if (evidence.length === 0) return whole ? 'no-evidence' : 'unproven'
  if (evidence.some(({ result }) => result === 'FAIL')) return 'broken'
  if (!evidence.some(({ result }) => result === 'PASS')) return 'unproven'
  // A gate that was not run takes nothing from what else is there; a smoke or test that did not run does.
  const missing = evidence.some(({ kind, result }) => result !== 'PASS' && kind !== 'gate')
  const partial = !whole && evidence.some(({ kind }) => kind === 'smoke')
  return missing || partial ? 'partly' : 'proven'
}

function smokeEvidence(claim: string, { id, ledger }: FoundRun): Evidence[] {
  const tree = treeOf(ledger)
  return ledger.rows
    .filter((row) => row.claims?.includes(claim) || stepsFor(row, claim).length > 0)
    .map((row): Evidence => {
      const steps = stepsFor(row, claim)
      const note = row.class === 'PASS' ? undefined : describeRow(row, claim)
      return {
        kind: 'smoke',
        smoke: row.smoke,
        run: id,
        result: resultOf(row, claim),
        steps: steps.map(({ title, ok }) => ({ title, ok })),
        of: row.steps,
        at: ledger.at,
        ...(tree && { tree }),
        ...(note !== undefined && { note }),
      }
    })
}

const stepsFor = (row: Row, claim: string) =>
  (row.stepList ?? []).filter((step) => step.claims?.includes(claim))

/**
 * A smoke that failed at a step which is evidence for other claims alone says nothing about this one: what should have
 * proven it may not have been reached.
 */
function resultOf(row: Row, claim: string): Evidence['result'] {
  return row.class === 'FAIL' && isElsewhere(row, claim) ? 'NOT RUN' : row.class
}

function isElsewhere(row: Row, claim: string): boolean {
  const failed = (row.stepList ?? []).filter(({ ok }) => !ok)
  const others = failed.every((step) => step.claims !== undefined && !step.claims.includes(claim))
  // Failures without a step of theirs (a daemon died, a process was left) are everybody's.
  const explained = new Set(failed.map(({ failure }) => failure))
  return failed.length > 0 && others && row.failures.every((_, index) => explained.has(index))
}

function describeRow(row: Row, claim: string): string | undefined {
  if (row.class === 'FAIL' && isElsewhere(row, claim)) return 'the smoke failed at a step for another claim'
  return row.reason ?? row.failures[0]?.headline
}

function testEvidence(claim: string, report: TestReport): Evidence[] {
  return report.results
    .filter(({ claims }) => claims.includes(claim))
    .map(({ title, result }) => ({
      kind: 'test',
      test: title,
      report: report.file,
      result,
      ...(report.at !== undefined && { at: report.at }),
    }))
}

function gateEvidence(gate: Gate, last: GateRecord | undefined, trees: readonly string[]): Evidence {
  const base = { kind: 'gate', gate: gate.id } as const
  if (last === undefined) return { ...base, result: 'NOT RUN', note: 'it was never run here' }
  const seen = { ...base, at: last.at, ...(last.tree && { tree: last.tree }) }
  const stale = findStale(gate, last, trees)
  if (last.outcome === 'interrupted') return { ...seen, result: 'NOT RUN', note: 'it was interrupted' }
  if (last.outcome !== 'passed') return { ...seen, result: 'FAIL', note: describeGate(gate, last) }
  return stale === undefined ? { ...seen, result: 'PASS' } : { ...seen, result: 'NOT RUN', note: stale }
}

/** Why a pass does not count; undefined when it does. @param trees that of the run, and that of the working state. */
function findStale(gate: Gate, last: GateRecord, trees: readonly string[]): string | undefined {
  if (JSON.stringify(last.command) !== JSON.stringify(gate.command)) return 'it passed with another command'
  if (last.outcome !== 'passed') return undefined
  if (trees.length === 0 || (last.tree && trees.includes(last.tree.id))) return undefined
  return last.tree ? 'it passed on another tree' : 'files changed while it ran'
}

function describeGate(gate: Gate, { outcome, exitCode, signal, note }: GateRecord): string {
  if (outcome === 'over-deadline') return `not over after ${gate.deadlineMs / 1_000} s`
  if (outcome === 'not-started') return note ?? 'it could not be started'
  return signal === null ? `exit code ${exitCode}` : `ended by ${signal}`
}

function listStrangers({ file, run, tests }: Found): Stranger[] {
  const known = file.claims.map(({ id }) => id)
  const named = [
    ...(run?.ledger.rows ?? []).flatMap((row) => [
      ...(row.claims ?? []).map((claim) => ({ claim, named: `smoke ${row.smoke}` })),
      ...(row.stepList ?? []).flatMap((step) =>
        (step.claims ?? [])
          .filter((claim) => !row.claims?.includes(claim))
          .map((claim) => ({ claim, named: `smoke ${row.smoke}, step "${step.title}"` })),
      ),
    ]),
    ...tests.flatMap(({ results }) =>
      results.flatMap(({ title, claims }) => claims.map((claim) => ({ claim, named: `test "${title}"` }))),
    ),
  ]
  return named
    .filter(({ claim }) => !known.includes(claim))
    .map((stranger) => {
      const near = nearest(stranger.claim, known)
      return near === undefined ? stranger : { ...stranger, nearest: near }
    })
}

function treeOf({ tree, dirty }: LedgerDocument): NotedTree | undefined {
  return tree === undefined ? undefined : { id: tree, dirty: dirty ?? false }
}

const describeFault = ({ file, fault }: TestReport): string[] =>
  fault === undefined ? [] : [`no tests are known: ${file}: ${fault}`]
