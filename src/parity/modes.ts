/** How a body is compared, path by path: the deepest rule that applies to a place decides. */
import { type PathStep, type Segment, stepMatches } from './path.ts'

/**
 * - `value`: shape and value must be equal.
 * - `shape`: the types must be equal, the values may differ.
 * - `pattern`: the types must be equal, and strings and numbers must match on both sides.
 * - `ignore`: nothing is compared, not even presence.
 */
export type Mode =
  | { readonly kind: 'value' | 'shape' | 'ignore' }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }

export interface ModeRule {
  readonly path: readonly PathStep[]
  readonly mode: Mode
}

/** The mode at one place of a body, and the way to the places below it. */
export interface ModeState {
  readonly mode: Mode
  /** Nothing below has a rule of its own. */
  readonly uniform: boolean
  /** For what is below, by its name or index. */
  descend(segment: Segment): ModeState
}

/** @param rules later ones win over earlier ones of the same depth and precision. */
export function createModes(rules: readonly ModeRule[], standard: Mode): ModeState {
  const here = pickMode(rules.filter(({ path }) => path.length === 0)) ?? standard
  return createState(
    here,
    rules.filter(({ path }) => path.length > 0),
    0,
  )
}

/** @param rules those that have led here; all are deeper than `depth`. */
function createState(mode: Mode, rules: readonly ModeRule[], depth: number): ModeState {
  if (rules.length === 0) {
    const state: ModeState = { mode, uniform: true, descend: () => state }
    return state
  }
  return {
    mode,
    uniform: false,
    descend(segment) {
      const leading = rules.filter(({ path }) => {
        const step = path[depth]
        return step !== undefined && stepMatches(step, segment)
      })
      const here = leading.filter(({ path }) => path.length === depth + 1)
      const deeper = leading.filter(({ path }) => path.length > depth + 1)
      return createState(pickMode(here) ?? mode, deeper, depth + 1)
    },
  }
}

/** Of rules for the same place, the one with the fewest wildcards, and of those the last. */
function pickMode(rules: readonly ModeRule[]): Mode | undefined {
  let best: ModeRule | undefined
  for (const rule of rules) {
    if (best === undefined || countWildcards(rule) <= countWildcards(best)) best = rule
  }
  return best?.mode
}

const countWildcards = ({ path }: ModeRule): number =>
  path.filter(({ kind }) => kind === 'any-key' || kind === 'any-element').length
