/** Numbers of JSON as exact decimals: nothing is rounded, however many digits or however large the exponent. */

/** How integers and floats are told apart; declared in the cases file. */
export const NUMBER_POLICIES = ['literal', 'value', 'any'] as const

/**
 * - `literal`: an integer is written without fraction and exponent; `1` and `1.0` are of different types.
 * - `value`: an integer has no fractional part (JSON Schema's rule); `1`, `1.0` and `1e0` are the same integer.
 * - `any`: there is one type, number.
 */
export type NumberPolicy = (typeof NUMBER_POLICIES)[number]

interface Decimal {
  readonly negative: boolean
  /** Without leading and trailing zeros; empty: zero. */
  readonly digits: string
  /** Of the last digit: the value is digits × 10^exponent. */
  readonly exponent: bigint
}

/** @param text a number as JSON writes it. */
function readDecimal(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const all = `${whole}${fraction}`.replace(/^0+/, '')
  if (all === '') return { negative: false, digits: '', exponent: 0n }
  const trailing = countTrailingZeros(all)
  return {
    negative: sign === '-',
    digits: all.slice(0, all.length - trailing),
    exponent: BigInt(exponent.replace('+', '')) - BigInt(fraction.length) + BigInt(trailing),
  }
}

/** Not by /0*$/, which takes the square of their number. */
function countTrailingZeros(digits: string): number {
  let end = digits.length
  while (digits[end - 1] === '0') end -= 1
  return digits.length - end
}

/** One spelling for each value: equal texts mean equal numbers, exactly. Zero has no sign. */
export function canonicalNumber(text: string): string {
  const { negative, digits, exponent } = readDecimal(text)
  if (digits === '') return '0'
  return `${negative ? '-' : ''}${digits}e${exponent}`
}

const PLAIN_INTEGER = /^-?[1-9]\d*$/

/** Whether two numbers as JSON writes them are equal, exactly. */
export function areEqualNumbers(a: string, b: string): boolean {
  if (a === b) return true
  // Plain integers have one spelling each; nearly all numbers are such.
  if (PLAIN_INTEGER.test(a) && PLAIN_INTEGER.test(b)) return false
  return canonicalNumber(a) === canonicalNumber(b)
}

/** The type of a number under a policy. */
export function typeOfNumber(text: string, policy: NumberPolicy): 'integer' | 'float' | 'number' {
  if (policy === 'any') return 'number'
  const integer = policy === 'literal' ? /^-?\d+$/.test(text) : readDecimal(text).exponent >= 0n
  return integer ? 'integer' : 'float'
}
