/**
 * Which prompt mode a model gets. Retrieved context helps a weak model and distracts a strong one, so a strong one
 * gets the isolated mode (the task alone) even where the full one was asked for.
 */

export const MODES = ['full', 'isolated'] as const
export type Mode = (typeof MODES)[number]
export type Strength = 'strong' | 'weak'

export interface StrengthRules {
  /** Name patterns; `*` stands for any characters. They go before the built-in ones. */
  readonly strong: readonly string[]
  readonly weak: readonly string[]
  /** Parameters, in billions, from which on a model whose name tells its size is strong. */
  readonly strongFrom: number
}

export interface Judgement {
  readonly strength: Strength
  readonly because: string
}

export interface Downgrade {
  readonly mode: Mode
  readonly downgraded: boolean
  readonly strength: Strength
  readonly reason: string
}

const WEAK_NAMES = ['*mini*', '*nano*', '*small*', '*tiny*', '*haiku*', '*flash*', '*lite*', 'local/*']
const STRONG_NAMES = [
  '*opus*',
  '*sonnet*',
  '*gpt-4*',
  '*gpt-5*',
  '*-pro*',
  '*-large*',
  '*deepseek-r*',
  '*deepseek-v*',
]

function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern
    .toLowerCase()
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${source}$`, 's').test(name.toLowerCase())
}

/** Billions of parameters, as in `qwen3:32b` or `llama-3.1-8b-instruct`; undefined when the name does not tell. */
function readSize(model: string): number | undefined {
  const match = /(?:^|[^a-z0-9.])(\d{1,4}(?:\.\d+)?)b(?![a-z0-9])/i.exec(model)
  return match === null ? undefined : Number(match[1])
}

/** Configured patterns first, then the size in the name, then known names; what nobody knows is weak. */
export function judgeModel(model: string, rules: StrengthRules): Judgement {
  const find = (patterns: readonly string[]) => patterns.find((pattern) => matchesPattern(pattern, model))
  const strong = find(rules.strong)
  if (strong !== undefined)
    return { strength: 'strong', because: `the configuration lists "${strong}" as strong` }
  const weak = find(rules.weak)
  if (weak !== undefined) return { strength: 'weak', because: `the configuration lists "${weak}" as weak` }
  const size = readSize(model)
  if (size !== undefined) {
    const strength = size >= rules.strongFrom ? 'strong' : 'weak'
    const relation = strength === 'strong' ? 'at least' : 'fewer than'
    return { strength, because: `its name tells ${size} billion parameters, ${relation} ${rules.strongFrom}` }
  }
  const knownWeak = find(WEAK_NAMES)
  if (knownWeak !== undefined) return { strength: 'weak', because: `"${knownWeak}" names are weak` }
  const knownStrong = find(STRONG_NAMES)
  if (knownStrong !== undefined) return { strength: 'strong', because: `"${knownStrong}" names are strong` }
  return { strength: 'weak', because: 'nothing tells that it is strong' }
}

/** The mode to use instead of the one asked for, and why. */
export function decideMode(model: string, asked: Mode, force: boolean, rules: StrengthRules): Downgrade {
  const { strength, because } = judgeModel(model, rules)
  const judged = `the model "${model}" is ${strength} (${because})`
  if (asked === 'isolated') {
    return { mode: asked, downgraded: false, strength, reason: `isolated was asked for; ${judged}` }
  }
  if (force) return { mode: asked, downgraded: false, strength, reason: `full was forced; ${judged}` }
  if (strength === 'strong') {
    return {
      mode: 'isolated',
      downgraded: true,
      strength,
      reason: `${judged}: retrieved context would distract it`,
    }
  }
  return { mode: 'full', downgraded: false, strength, reason: `${judged}: it needs the retrieved context` }
}
