/**
 * Reads TAP (Test Anything Protocol, versions 12 to 14) line by line as it comes. Text around it is passed over;
 * indented subtests count through the point that sums them up.
 */

/** One test point. */
export interface TapPoint {
  readonly ok: boolean
  readonly number: number
  readonly title: string
  readonly directive?: 'skip' | 'todo'
  readonly reason?: string
}

export interface TapSummary {
  /** Nothing in the output was TAP. */
  readonly isTap: boolean
  readonly points: readonly TapPoint[]
  /** Each `not ok` point that counts, and whatever contradicts the plan. Empty: it passed. */
  readonly failed: readonly string[]
  /** `1..0 # SKIP reason` */
  readonly skippedAll?: string
}

/** A program that prints points without end must not fill memory. */
const MAX_POINTS = 10_000
const POINT = /^(not ok|ok)(?=\s|$)(?:\s+(\d+))?(?:\s+-)?(?:\s+(.*))?$/
const PLAN = /^1\.\.(\d+)\s*(?:#\s*(.*))?$/
const VERSION = /^TAP version (\d+)\s*$/
const BAIL_OUT = /^Bail out!\s*(.*)$/
const DIRECTIVE = /(?<!\\)#\s*(skip|todo)(?:\S*)(?:\s+(.*))?$/i

/** For one program: lines in their order, each without its line feed, and `finish` when no more will come. */
export class TapReader {
  readonly #points: TapPoint[] = []
  readonly #numbers = new Set<number>()
  readonly #problems: string[] = []
  #planned: number | undefined
  #hasVersion = false
  #overflowed = false
  #bailOut: string | undefined
  #skippedAll: string | undefined

  /** Takes one line; returns the point that it is, if it is one. */
  push(line: string): TapPoint | undefined {
    const text = line.trimEnd()
    if (VERSION.test(text)) {
      this.#hasVersion = true
      return undefined
    }
    const bailOut = BAIL_OUT.exec(text)
    if (bailOut) this.#bailOut = bailOut[1] || 'no reason given'
    const plan = PLAN.exec(text)
    if (plan) this.#takePlan(Number(plan[1]), plan[2])
    return this.#takePoint(text)
  }

  finish(): TapSummary {
    const failed = this.#points
      .filter((point) => !point.ok && point.directive !== 'todo')
      .map((point) => `not ok ${point.number}${point.title === '' ? '' : ` - ${point.title}`}`)
    const isTap =
      this.#hasVersion ||
      this.#planned !== undefined ||
      this.#points.length > 0 ||
      this.#bailOut !== undefined
    return {
      isTap,
      points: this.#points,
      failed: isTap ? [...failed, ...this.#problems, ...this.#contradictions()] : [],
      ...(this.#skippedAll === undefined ? {} : { skippedAll: this.#skippedAll }),
    }
  }

  #takePlan(planned: number, comment: string | undefined): void {
    if (this.#planned !== undefined) {
      this.#problems.push(`a second plan: 1..${planned}`)
      return
    }
    this.#planned = planned
    const skip = /^skip(?:\S*)\s*(.*)$/i.exec(comment ?? '')
    if (planned === 0 && skip) this.#skippedAll = skip[1] || 'no reason given'
  }

  #takePoint(text: string): TapPoint | undefined {
    const found = POINT.exec(text)
    if (!found) return undefined
    const number = found[2] === undefined ? this.#points.length + 1 : Number(found[2])
    const rest = found[3] ?? ''
    const directive = DIRECTIVE.exec(rest)
    const kind = directive?.[1]?.toLowerCase()
    const title = (directive ? rest.slice(0, directive.index) : rest).replaceAll(/\\([#\\])/g, '$1').trim()
    const point: TapPoint = {
      ok: found[1] === 'ok',
      number,
      title,
      ...(kind === 'skip' || kind === 'todo' ? { directive: kind } : {}),
      ...(directive?.[2] === undefined ? {} : { reason: directive[2].trim() }),
    }
    if (this.#points.length >= MAX_POINTS) {
      this.#overflowed = true
      return undefined
    }
    if (this.#numbers.has(number)) this.#problems.push(`point ${number} came twice`)
    this.#numbers.add(number)
    this.#points.push(point)
    return point
  }

  #contradictions(): string[] {
    if (this.#bailOut !== undefined) return [`bailed out: ${this.#bailOut}`]
    if (this.#overflowed) return [`more than ${MAX_POINTS} points came`]
    const planned = this.#planned
    if (planned === undefined) return this.#hasVersion ? ['no plan (1..N) came'] : []
    const numbers = this.#numbers
    const missing = Array.from({ length: Math.min(planned, 10_000) }, (_, i) => i + 1).filter(
      (n) => !numbers.has(n),
    )
    const beyond = [...numbers].filter((n) => n < 1 || n > planned)
    return [
      ...(missing.length > 0 ? [`planned 1..${planned}, missing: ${describeNumbers(missing)}`] : []),
      ...(beyond.length > 0 ? [`planned 1..${planned}, beyond it: ${describeNumbers(beyond)}`] : []),
    ]
  }
}

const describeNumbers = (numbers: readonly number[]): string =>
  numbers.length <= 10
    ? numbers.join(', ')
    : `${numbers.slice(0, 10).join(', ')} and ${numbers.length - 10} more`
