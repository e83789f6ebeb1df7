/** What is different since the last gauntlet, as lines for people. A pure function of the two reports. */
import { PHASE_WORDS } from './rules.ts'
import { type Comparison, type GauntletReport, PHASES, type PhaseName } from './types.ts'

/** The parts of a report that are compared; also what must be in a file for it to count as one. */
export type Comparable = Pick<GauntletReport, 'at' | 'verdict' | 'phases' | 'facts'>

/** @param file the name of the earlier report. */
export function compareReports(file: string, before: Comparable, now: Comparable): Comparison {
  return {
    file,
    at: before.at,
    verdict: before.verdict,
    differences: [
      ...change('verdict', before.verdict, now.verdict),
      ...comparePhases(before, now),
      ...(areJudged('assessment', before, now) ? compareAssessments(before.facts, now.facts) : []),
      ...(areJudged('parity', before, now)
        ? compareRows('known gap', before.facts.gaps, now.facts.gaps, ({ state }) => state)
        : []),
      ...compareFigures(before, now),
    ],
  }
}

/** What a phase did not get to say has not gone. */
function areJudged(phase: PhaseName, ...reports: readonly Comparable[]): boolean {
  return reports.every(({ phases }) =>
    phases.some((one) => one.phase === phase && one.figures.length > 0 && one.state !== 'interrupted'),
  )
}

function compareAssessments(before: Comparable['facts'], now: Comparable['facts']): string[] {
  return [
    ...compareRows('claim', before.claims, now.claims, ({ state }) => state),
    ...compareRows('gate', before.gates, now.gates, ({ outcome }) => outcome),
    ...compareRows('risk', before.risks, now.risks, ({ state, severity }) => `${state} (${severity})`),
    ...compareRows('decision', before.decisions, now.decisions, ({ state }) => state),
  ]
}

const change = (what: string, before: unknown, now: unknown): string[] =>
  before === now ? [] : [`${what}: ${before} → ${now}`]

function comparePhases(before: Comparable, now: Comparable): string[] {
  return now.phases.flatMap(({ phase, state }) =>
    change(PHASE_WORDS[phase], before.phases.find((one) => one.phase === phase)?.state ?? 'missing', state),
  )
}

function compareRows<T extends { readonly id: string }>(
  kind: string,
  before: readonly T[],
  now: readonly T[],
  tell: (row: T) => string,
): string[] {
  const find = (rows: readonly T[], id: string) => rows.find((row) => row.id === id)
  return [
    ...now.flatMap((row) => {
      const old = find(before, row.id)
      return old === undefined
        ? [`${kind} ${row.id}: new, ${tell(row)}`]
        : change(`${kind} ${row.id}`, tell(old), tell(row))
    }),
    ...before.flatMap(({ id }) => (find(now, id) ? [] : [`${kind} ${id}: gone`])),
  ]
}

/** Times differ always, and say little. */
const isTime = (name: string): boolean => name.endsWith(' seconds')

function compareFigures(before: Comparable, now: Comparable): string[] {
  const judged = PHASES.filter((phase) => areJudged(phase, before, now))
  const figuresOf = ({ phases }: Comparable) =>
    new Map(
      phases
        .filter(({ phase }) => judged.includes(phase))
        .flatMap(({ figures }) => figures)
        .map(({ name, value }) => [name, value]),
    )
  const [old, current] = [figuresOf(before), figuresOf(now)]
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((name) =>
    isTime(name) ? [] : change(name, old.get(name) ?? 'none', current.get(name) ?? 'none'),
  )
}
