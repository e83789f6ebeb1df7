/**
 * The gauntlet from its first phase to its report. The phases are given as functions, so that what is decided does not
 * depend on who runs them. None can be missing: one that throws is UNKNOWN, and the report is on the disk from the
 * beginning, as a partial one that says `hold`.
 */
import type { ClaimsReport, NotedTree } from '../claims/types.ts'
import { now } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errno.ts'
import { printable } from '../kernel/text.ts'
import { gatherFacts, judgeClaims } from './assessment-phase.ts'
import { type ChainResult, judgeChain } from './chain-phase.ts'
import { compareReports } from './compare.ts'
import { claimReportPlace, type EarlierReports, findEarlierReports, type ReportPlace } from './folder.ts'
import { renderGauntletMarkdown } from './markdown.ts'
import { judgeParity, type SuiteResult } from './parity-phase.ts'
import { judgeReview, type ReviewResult } from './review-phase.ts'
import { decide } from './rules.ts'
import { type GauntletReport, PHASES, type PhaseName, type PhaseReport } from './types.ts'

/** What a phase may see of what is known so far. */
export interface PhaseContext {
  readonly earlier: EarlierReports
  readonly signal: AbortSignal
}

export interface GauntletPhases {
  chain(context: PhaseContext): Promise<ChainResult>
  review(context: PhaseContext): Promise<ReviewResult>
  parity(context: PhaseContext): Promise<readonly SuiteResult[]>
  /** Runs the gates, and looks for the evidence of each claim. */
  claims(context: PhaseContext): Promise<ClaimsReport>
}

export interface GauntletOptions extends Pick<GauntletReport, 'stack' | 'tool' | 'commit'> {
  /** Folder of the reports, made when missing. */
  readonly folder: string
  readonly phases: GauntletPhases
  /** Ends the phase that goes on; the rest is not begun. */
  readonly signal: AbortSignal
  interruptedBy(): GauntletReport['interrupted']
  /** The working state; undefined where no git tree tells it. */
  noteTree(): Promise<NotedTree | undefined>
  onStart?(phase: PhaseName, number: number): void
  onEnd?(report: PhaseReport): void
}

export interface GauntletEnd {
  readonly report: GauntletReport
  readonly place: ReportPlace
}

/** Runs all four phases. Rejects only with the system's error, when the report cannot be written. */
export async function runGauntlet(o: GauntletOptions): Promise<GauntletEnd> {
  const run = new Run(o)
  await run.begin()
  for (const phase of PHASES) await run.phase(phase)
  return await run.end()
}

class Run {
  readonly #o: GauntletOptions
  readonly #startedAt = now()
  readonly #at = new Date()
  readonly #place: ReportPlace
  readonly #notes: string[] = []
  readonly #earlier: EarlierReports
  readonly #done: PhaseReport[] = []
  #claims: ClaimsReport | undefined
  #tree: NotedTree | undefined
  #moved: boolean | undefined

  constructor(o: GauntletOptions) {
    this.#o = o
    this.#place = claimReportPlace(o.folder, this.#at)
    this.#earlier = findEarlierReports(o.folder, o.stack.name, this.#place.stem, this.#notes)
  }

  async begin(): Promise<void> {
    this.#tree = await this.#o.noteTree()
    this.#write(false)
  }

  async phase(phase: PhaseName): Promise<void> {
    if (this.#o.signal.aborted) {
      this.#done.push(withoutFigures(phase, 'not-begun', 'it was not begun: interrupted before it', 0))
      return
    }
    this.#o.onStart?.(phase, PHASES.indexOf(phase) + 1)
    const startedAt = now()
    const judged = await this.#judge(phase)
    // What was cut off says nothing, whatever it looks like.
    const cut = this.#o.signal.aborted && judged.state !== 'passed'
    const state = cut ? 'interrupted' : judged.state
    const report: PhaseReport = { ...judged, state, ms: Math.round(now() - startedAt) }
    this.#done.push(report)
    this.#write(false)
    this.#o.onEnd?.(report)
  }

  async end(): Promise<GauntletEnd> {
    const tree = await this.#o.noteTree()
    this.#moved = this.#tree === undefined || tree === undefined ? undefined : tree.id !== this.#tree.id
    return { report: this.#write(true), place: this.#place }
  }

  async #judge(phase: PhaseName): Promise<Omit<PhaseReport, 'ms'>> {
    try {
      return await this.#run(phase)
    } catch (error) {
      const reason = `it crashed: ${printable(messageOf(error)).split('\n')[0]}`
      return withoutFigures(phase, 'unknown', reason, 0)
    }
  }

  async #run(phase: PhaseName): Promise<Omit<PhaseReport, 'ms'>> {
    const { phases, signal } = this.#o
    const context = { earlier: this.#earlier, signal }
    const keep = (name: string, value: unknown): string => {
      this.#place.keep(name, `${JSON.stringify(value, null, 2)}\n`)
      return this.#place.evidence(name)
    }
    switch (phase) {
      case 'chain': {
        const result = await phases.chain(context)
        return judgeChain(result, result.ledger ? keep('ledger.json', result.ledger) : '')
      }
      case 'review': {
        const result = await phases.review(context)
        return judgeReview(result, result.kind === 'report' ? keep('review.json', result.report) : '')
      }
      case 'parity': {
        const results = await phases.parity(context)
        const files = new Map(
          results.flatMap((one, index) =>
            'report' in one ? [[one.suite, keep(`parity-${index + 1}.json`, one.report)] as const] : [],
          ),
        )
        return judgeParity(results, (suite) => files.get(suite) ?? '')
      }
      case 'assessment': {
        const claims = await phases.claims(context)
        this.#claims = claims
        return judgeClaims(claims, keep('claims.json', claims))
      }
    }
  }

  #write(finished: boolean): GauntletReport {
    const report = this.#build(finished)
    this.#place.write(`${JSON.stringify(report, null, 2)}\n`, renderGauntletMarkdown(report))
    return report
  }

  #build(finished: boolean): GauntletReport {
    const interruptedBy = this.#o.interruptedBy()
    const phases = finished ? this.#done : withMissing(this.#done)
    const facts = gatherFacts({
      phases,
      claims: this.#claims,
      interrupted: interruptedBy !== undefined,
      moved: this.#moved,
    })
    const decided = decide(facts)
    const { stack, tool, commit } = this.#o
    const at = this.#at.toISOString()
    const { last } = this.#earlier
    const base = { at, phases, facts, verdict: decided.verdict }
    return {
      schema: 1,
      finished,
      ...decided,
      at,
      ms: Math.round(now() - this.#startedAt),
      stack,
      tool,
      ...(this.#tree && { tree: this.#tree }),
      ...(commit !== undefined && { commit }),
      ...(interruptedBy !== undefined && { interrupted: interruptedBy }),
      phases,
      facts,
      ...(this.#claims && { claims: this.#claims }),
      last: last ? compareReports(last.file, last.report, base) : null,
      notes: this.#notes,
      exitCode: exitCodeOf(decided.verdict, interruptedBy),
    }
  }
}

function exitCodeOf(
  verdict: GauntletReport['verdict'],
  interruptedBy: GauntletReport['interrupted'],
): number {
  if (interruptedBy !== undefined) return interruptedBy === 'SIGINT' ? 130 : 143
  return verdict === 'hold' ? 1 : 0
}

function withoutFigures(
  phase: PhaseName,
  state: PhaseReport['state'],
  reason: string,
  ms: number,
): PhaseReport {
  return { phase, state, reasons: [reason], headline: reason, figures: [], gaps: [], ms }
}

/** A report that is read before its end shows what is still to come. */
function withMissing(done: readonly PhaseReport[]): readonly PhaseReport[] {
  return PHASES.map(
    (phase) =>
      done.find((one) => one.phase === phase) ?? withoutFigures(phase, 'not-begun', 'it is not over yet', 0),
  )
}
