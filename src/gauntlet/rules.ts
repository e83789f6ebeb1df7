/**
 * The rule by which a gauntlet ends: a pure function of the facts, and printed in every report. Each rule is one row:
 * what it says, and to what of the facts it applies.
 */
import {
  type Decided,
  type Facts,
  PHASES,
  type PhaseName,
  type PhaseState,
  type Reason,
  type VerdictWord,
} from './types.ts'

export interface Rule {
  readonly id: string
  readonly verdict: Exclude<VerdictWord, 'ship'>
  /** As it is printed. */
  readonly sentence: string
  /** A line for everything that it applies to. */
  readonly find: (facts: Facts) => readonly string[]
}

export const PHASE_WORDS: Readonly<Record<PhaseName, string>> = {
  chain: 'full chain',
  review: 'review',
  parity: 'parity',
  assessment: 'assessment',
}

const isGrave = ({ severity }: { readonly severity: string }): boolean =>
  severity === 'critical' || severity === 'high'

const ids = (rows: readonly { readonly id: string }[], text: (id: string) => string): string[] =>
  rows.map(({ id }) => text(id))

/** A phase in one of these states, with the first of its reasons. */
function phaseIn(facts: Facts, phase: PhaseName, ...states: readonly string[]): string[] {
  const found = facts.phases[phase]
  if (found === undefined || !states.includes(found.state)) return []
  const [first = `it is ${found.state}`] = found.reasons
  return [`${PHASE_WORDS[phase]}: ${first}`]
}

/** What can be no end of these phases: it is judged like one that tells nothing. */
const MUST: Readonly<Record<PhaseName, readonly PhaseState[]>> = {
  chain: ['skipped', 'gaps'],
  review: [],
  parity: [],
  assessment: ['skipped'],
}

export const RULES: readonly Rule[] = [
  {
    id: 'H1',
    verdict: 'hold',
    sentence: 'the full chain is not green on a stack of its own',
    find: (facts) => phaseIn(facts, 'chain', 'failed'),
  },
  {
    id: 'H2',
    verdict: 'hold',
    sentence: 'it was interrupted',
    find: ({ interrupted }) => (interrupted ? ['it was interrupted: the report is partial'] : []),
  },
  {
    id: 'H3',
    verdict: 'hold',
    sentence: 'a phase is missing, crashed, was not begun, or found nothing that could be judged',
    find: (facts) =>
      PHASES.flatMap((phase) =>
        facts.phases[phase] === undefined
          ? [`${PHASE_WORDS[phase]}: it is missing`]
          : phaseIn(facts, phase, 'unknown', 'not-begun', 'interrupted', ...MUST[phase]),
      ),
  },
  {
    id: 'H4',
    verdict: 'hold',
    sentence:
      'a review blocks: one critical finding, or one of severity high by two lineages at the same place',
    find: (facts) => phaseIn(facts, 'review', 'failed'),
  },
  {
    id: 'H5',
    verdict: 'hold',
    sentence: 'the two sides of a parity probe diverge in a way that is not a known gap',
    find: (facts) => phaseIn(facts, 'parity', 'failed'),
  },
  {
    id: 'H6',
    verdict: 'hold',
    sentence: 'a claim is broken, or one of severity critical or high is not proven',
    find: ({ claims }) =>
      claims
        .filter((claim) => claim.state === 'broken' || (claim.state !== 'proven' && isGrave(claim)))
        .map(({ id, severity, state }) => `claim ${id} (${severity}) is ${CLAIM_WORDS[state]}`),
  },
  {
    id: 'H7',
    verdict: 'hold',
    sentence: 'an acceptance gate failed, could not be started, or was not over in time',
    find: ({ gates }) =>
      gates
        .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'not-run')
        .map(({ id, outcome }) => `gate ${id}: ${GATE_WORDS[outcome]}`),
  },
  {
    id: 'H8',
    verdict: 'hold',
    sentence: 'a risk of severity critical or high is open',
    find: ({ risks }) =>
      ids(
        risks.filter((risk) => risk.state === 'open' && isGrave(risk)),
        (id) => `risk ${id} is open`,
      ),
  },
  {
    id: 'H9',
    verdict: 'hold',
    sentence: 'a decision that blocks is open',
    find: ({ decisions }) =>
      ids(
        decisions.filter(({ state, blocks }) => state === 'open' && blocks),
        (id) => `decision ${id} is open, and blocks`,
      ),
  },
  {
    id: 'H10',
    verdict: 'hold',
    sentence: 'files changed while it ran: its phases did not assess the same state',
    find: ({ moved }) => (moved === true ? ['files changed while it ran'] : []),
  },
  {
    id: 'H11',
    verdict: 'hold',
    sentence: 'the assessment failed for a reason that no row above names',
    find: (facts) => (isNamed(facts, ['H6', 'H7', 'H8', 'H9']) ? [] : phaseIn(facts, 'assessment', 'failed')),
  },
  {
    id: 'G1',
    verdict: 'ship-with-known-gap',
    sentence: 'review or parity was skipped: nothing is configured for it',
    find: (facts) => [...phaseIn(facts, 'review', 'skipped'), ...phaseIn(facts, 'parity', 'skipped')],
  },
  {
    id: 'G2',
    verdict: 'ship-with-known-gap',
    sentence: 'a known gap between the sides of a parity probe is still there, or could not be looked at',
    find: ({ gaps }) =>
      gaps.filter(({ state }) => state !== 'closed').map(({ id, text }) => `known gap ${id}: ${text}`),
  },
  {
    id: 'G3',
    verdict: 'ship-with-known-gap',
    sentence: 'a claim of severity medium or low is not proven, or evidence names a claim that is not there',
    find: ({ claims, strangers }) => [
      ...claims
        .filter((claim) => claim.state !== 'proven' && claim.state !== 'broken' && !isGrave(claim))
        .map(({ id, severity, state }) => `claim ${id} (${severity}) is ${CLAIM_WORDS[state]}`),
      ...(strangers > 0 ? [`evidence names claims that are not there: ${strangers}`] : []),
    ],
  },
  {
    id: 'G4',
    verdict: 'ship-with-known-gap',
    sentence: 'an acceptance gate was not run on this state',
    find: ({ gates }) =>
      ids(
        gates.filter(({ outcome }) => outcome === 'not-run'),
        (id) => `gate ${id} was not run`,
      ),
  },
  {
    id: 'G5',
    verdict: 'ship-with-known-gap',
    sentence: 'a risk is accepted, or one of severity medium or low is open',
    find: ({ risks }) =>
      risks
        .filter((risk) => risk.state === 'accepted' || (risk.state === 'open' && !isGrave(risk)))
        .map(({ id, severity, state }) => `risk ${id} (${severity}) is ${state}`),
  },
  {
    id: 'G6',
    verdict: 'ship-with-known-gap',
    sentence: 'a decision is open that blocks nothing',
    find: ({ decisions }) =>
      ids(
        decisions.filter(({ state, blocks }) => state === 'open' && !blocks),
        (id) => `decision ${id} is open`,
      ),
  },
  {
    id: 'G7',
    verdict: 'ship-with-known-gap',
    sentence: 'a review found nothing that blocks, and did not look at everything that is new',
    find: (facts) => phaseIn(facts, 'review', 'gaps'),
  },
  {
    id: 'G8',
    verdict: 'ship-with-known-gap',
    sentence: 'a phase found known gaps that no row above names',
    find: (facts) =>
      isNamed(facts, ['G2', 'G3', 'G4', 'G5', 'G6'])
        ? []
        : [...phaseIn(facts, 'parity', 'gaps'), ...phaseIn(facts, 'assessment', 'gaps')],
  },
]

/** Whether one of these rules applies. */
function isNamed(facts: Facts, rules: readonly string[]): boolean {
  return RULES.some((rule) => rules.includes(rule.id) && rule.find(facts).length > 0)
}

const CLAIM_WORDS: Readonly<Record<Facts['claims'][number]['state'], string>> = {
  proven: 'proven',
  partly: 'proven in part only',
  unproven: 'not proven',
  'no-evidence': 'without evidence',
  broken: 'broken',
}

const GATE_WORDS: Readonly<Record<Facts['gates'][number]['outcome'], string>> = {
  passed: 'passed',
  'not-run': 'not run',
  failed: 'failed',
  'over-deadline': 'not over in time',
  'not-started': 'could not be started',
  interrupted: 'interrupted',
}

/** `hold` when any rule for it applies, else `ship-with-known-gap` when one for that does, else `ship`. */
export function decide(facts: Facts): Decided {
  const found = (verdict: Rule['verdict']): Reason[] =>
    RULES.filter((rule) => rule.verdict === verdict).flatMap((rule) =>
      rule.find(facts).map((text) => ({ rule: rule.id, text })),
    )
  const holds = found('hold')
  const gaps = found('ship-with-known-gap')
  return {
    verdict: holds.length > 0 ? 'hold' : gaps.length > 0 ? 'ship-with-known-gap' : 'ship',
    holds,
    gaps,
  }
}
