/**
 * The ledger for programs: one JSON document, as `json.ts` publishes it. Apart from it, so that a run does not
 * load the schema library for writing what the compiler has already checked.
 */
import type { Failure } from '../kernel/failure.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import type { LedgerDocument } from './json.ts'
import { renderGateLine } from './text.ts'
import type { Verdict } from './verdict.ts'

/** The verdict as the published document. */
function toLedgerDocument(verdict: Verdict): LedgerDocument {
  const { boot, interrupted, attachedTo } = verdict
  return {
    schema: 1,
    run: verdict.run,
    at: verdict.at,
    dir: verdict.dir,
    ms: verdict.ms,
    stack: { ...verdict.stack },
    tool: { ...verdict.tool },
    rerun: verdict.rerun,
    ...(verdict.tree !== undefined && { tree: verdict.tree }),
    ...(verdict.dirty !== undefined && { dirty: verdict.dirty }),
    ...(verdict.machine && { machine: { ...verdict.machine } }),
    green: verdict.green,
    ...(attachedTo !== undefined && { attachedTo }),
    exitCode: verdict.exitCode,
    complete: verdict.complete,
    finished: verdict.finished,
    gateLine: renderGateLine(verdict),
    ...(interrupted && { interrupted }),
    counts: { ...verdict.counts },
    chain: [...verdict.chain],
    rows: verdict.rows.map((r) => ({
      smoke: r.smoke,
      class: r.class,
      ms: r.ms,
      seconds: r.seconds,
      steps: r.steps,
      expectations: r.expectations,
      stepList: r.stepList.map(({ claims, ...step }) => ({
        ...step,
        ...(claims && { claims: [...claims] }),
      })),
      ...(r.stepsLeftOut > 0 && { stepsLeftOut: r.stepsLeftOut }),
      title: r.title,
      claims: [...r.claims],
      ...(r.why !== undefined && { why: r.why }),
      ...(r.reason !== undefined && { reason: r.reason }),
      ...(r.slow && { slow: { ...r.slow } }),
      failures: r.failures.map(describe),
      logs: Object.fromEntries(Object.entries(r.logs).map(([daemon, lines]) => [daemon, [...lines]])),
      ...(r.resources && { resources: { ...r.resources } }),
    })),
    daemons: verdict.daemons.map((daemon) => ({ ...daemon })),
    ...(boot && { boot: { ok: boot.ok, ms: boot.ms, failures: boot.failures.map(describe) } }),
    leaks: verdict.leaks.map(describe),
    deaths: verdict.deaths.map(describe),
    evidenceLost: verdict.evidenceLost.map(describe),
    faults: verdict.faults.map(describe),
    warnings: [...verdict.warnings],
  }
}

function describe(data: Failure): LedgerDocument['leaks'][number] {
  return { tag: data.tag, ...renderFailure(data), data: { ...data } }
}

/** `ledger.json`; ends with a line break. */
export function renderLedgerJson(verdict: Verdict): string {
  return `${JSON.stringify(toLedgerDocument(verdict), null, 2)}\n`
}
