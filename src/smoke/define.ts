/** `smoke({...})`: checks a definition and brands it, so that the runner knows it for one. */
import { didYouMean } from '../kernel/text.ts'
import { DURATION_HINT, parseDuration } from '../kernel/units.ts'
import type { Context } from './context.ts'

export interface SmokeOptions<N extends readonly string[]> {
  /** The claim, as a sentence: `'a re-ingested file is stored once'`. */
  readonly title: string
  /** What is at stake when it does not hold; printed on failure. */
  readonly why?: string
  /** The daemons it uses. Any other is a type error, and a failure when it runs. */
  readonly needs: N
  /** Ids of docs/claims.toml that this smoke proves. */
  readonly claims?: readonly string[]
  /** The deadline for all of it, `"10s"`. Default `"30s"`. */
  readonly budget?: string
  readonly run: (context: Context<N[number]>) => Promise<void> | void
}

/** A checked definition. */
export interface SmokeDefinition {
  readonly title: string
  readonly why?: string
  readonly needs: readonly string[]
  readonly claims: readonly string[]
  readonly budgetMs: number
  readonly run: (context: Context<string>) => Promise<void> | void
}

/** One thing wrong with a definition; `key` is the text to look for in the file. */
export interface DefinitionProblem {
  readonly message: string
  readonly key?: string
}

/** Thrown by `smoke()`; carries everything that is wrong, not only the first. */
export class SmokeDefinitionError extends Error {
  override readonly name = 'SmokeDefinitionError'
  readonly problems: readonly DefinitionProblem[]
  constructor(problems: readonly DefinitionProblem[]) {
    super(problems.map((problem) => problem.message).join('; '))
    this.problems = problems
  }
}

export const DEFAULT_BUDGET_MS = 30_000
const BRAND = Symbol.for('smokechain.smoke')
const KEYS = ['title', 'why', 'needs', 'claims', 'budget', 'run'] as const

/**
 * Declares a smoke; it must be the file's default export.
 * @throws SmokeDefinitionError when the definition is not valid.
 */
export function smoke<const N extends readonly string[]>(options: SmokeOptions<N>): SmokeDefinition {
  const problems = checkOptions(options)
  if (problems.length > 0) throw new SmokeDefinitionError(problems)
  const definition: SmokeDefinition = {
    title: options.title.trim(),
    ...(options.why === undefined ? {} : { why: options.why.trim() }),
    needs: [...new Set(options.needs)],
    claims: [...(options.claims ?? [])],
    budgetMs: parseDuration(options.budget ?? '') ?? DEFAULT_BUDGET_MS,
    // The runner builds the context from `needs`, so it has exactly the daemons that N names.
    run: options.run as SmokeDefinition['run'],
  }
  return Object.freeze(Object.defineProperty(definition, BRAND, { value: true }))
}

/** True for what `smoke()` returned, also in another copy of this module. */
export function isSmokeDefinition(value: unknown): value is SmokeDefinition {
  return typeof value === 'object' && value !== null && Reflect.get(value, BRAND) === true
}

function checkOptions(given: unknown): DefinitionProblem[] {
  if (typeof given !== 'object' || given === null) {
    return [{ message: 'smoke() takes an object: smoke({ title, needs, run })' }]
  }
  const options = new Map<string, unknown>(Object.entries(given))
  const unknown = [...options.keys()].filter((key) => !KEYS.some((known) => known === key))
  return [
    ...unknown.map((key) => ({ message: `unknown field "${key}"${didYouMean(key, KEYS)}`, key })),
    ...checkTitle(options.get('title')),
    ...(options.get('why') === undefined || isSentence(options.get('why'))
      ? []
      : [{ message: '"why" must be a text that says what is at stake', key: 'why' }]),
    ...checkNames('needs', options.get('needs'), 'needs: ["queryd"]'),
    ...(options.has('claims') ? checkNames('claims', options.get('claims'), 'claims: ["query-fresh"]') : []),
    ...checkBudget(options.get('budget')),
    ...(typeof options.get('run') === 'function'
      ? []
      : [{ message: '"run" must be a function: async run({ step }) { … }', key: 'run' }]),
  ]
}

const isSentence = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

function checkTitle(title: unknown): DefinitionProblem[] {
  if (!isSentence(title)) return [{ message: '"title" must be a sentence: the claim', key: 'title' }]
  if (/[\r\n]/.test(title.trim())) return [{ message: '"title" must be one line', key: 'title' }]
  return []
}

function checkNames(key: string, value: unknown, example: string): DefinitionProblem[] {
  const valid = Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '')
  return valid ? [] : [{ message: `"${key}" must be an array of names: ${example}`, key }]
}

function checkBudget(budget: unknown): DefinitionProblem[] {
  if (budget === undefined) return []
  const ms = typeof budget === 'string' ? parseDuration(budget) : undefined
  if (ms !== undefined && ms > 0) return []
  return [{ message: `"budget" must be ${DURATION_HINT}`, key: 'budget' }]
}
