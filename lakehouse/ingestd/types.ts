/**
 * Column types and which of them can hold a value without loss. A value's mask has one bit for every type that
 * represents it exactly; a column's mask is the intersection, and its type the first preferred bit that is left.
 */

/** In order of preference. `JSON` comes last: it holds any NDJSON value as its JSON text. */
const COLUMN_TYPES = [
  'BOOLEAN',
  'BIGINT',
  'DECIMAL(38,0)',
  'DOUBLE',
  'DATE',
  'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE',
  'VARCHAR',
  'JSON',
] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

export interface Column {
  readonly name: string
  readonly type: ColumnType
}

const bit = (type: ColumnType): number => 1 << COLUMN_TYPES.indexOf(type)
const BOOLEAN = bit('BOOLEAN')
const BIGINT = bit('BIGINT')
const DECIMAL = bit('DECIMAL(38,0)')
const DOUBLE = bit('DOUBLE')
const DATE = bit('DATE')
const TIMESTAMP = bit('TIMESTAMP')
const TIMESTAMPTZ = bit('TIMESTAMP WITH TIME ZONE')
const VARCHAR = bit('VARCHAR')
const JSON_TEXT = bit('JSON')

/** What every value of a format fits: once a column has come down to it, its values need no more looking at. */
export const LAST_RESORT = { csv: VARCHAR, ndjson: JSON_TEXT } as const

/** What a column of nothing but nulls can still become. */
export const ANY_TYPE = (1 << COLUMN_TYPES.length) - 1

/** Whether a column with this mask fits into `type` without loss. An unknown type fits nothing. */
export function fits(mask: number, type: string): type is ColumnType {
  const known: readonly string[] = COLUMN_TYPES
  const index = known.indexOf(type)
  return index !== -1 && (mask & (1 << index)) !== 0
}

/** The type of a column by its mask. A column without values is VARCHAR. */
export function chooseType(mask: number): ColumnType {
  if (mask === ANY_TYPE) return 'VARCHAR'
  return COLUMN_TYPES.find((type) => fits(mask, type)) ?? 'VARCHAR'
}

// A number is what JSON calls one (RFC 8259): "007", "+5", ".5" and "1_000" stay text.
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const INTEGER = /^(?:0|-?[1-9]\d*)$/
const BOOL = /^(?:true|false|TRUE|FALSE|True|False)$/
const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:?\d\d)?)?$/

/** The mask of a CSV field: any text is a VARCHAR. */
export function maskOfText(text: string): number {
  const first = text.charCodeAt(0)
  // '-' or a digit begins a number or a moment; anything else can only be a boolean or text.
  if (first === 45 || (first >= 48 && first <= 57)) {
    if (NUMBER.test(text)) return VARCHAR | maskOfNumber(text)
    return VARCHAR | maskOfMoment(text)
  }
  return BOOL.test(text) ? VARCHAR | BOOLEAN : VARCHAR
}

/** The mask of a JSON value, given as its text. Strings are text or moments, never numbers. */
export function maskOfJson(raw: string): number {
  switch (raw[0]) {
    case '"':
      return JSON_TEXT | VARCHAR | (raw.length <= 40 ? maskOfMoment(raw.slice(1, -1)) : 0)
    case 't':
    case 'f':
      return JSON_TEXT | BOOLEAN
    case '{':
    case '[':
      return JSON_TEXT
    default:
      return JSON_TEXT | maskOfNumber(raw)
  }
}

function maskOfNumber(text: string): number {
  const digits = text.length - (text[0] === '-' ? 1 : 0)
  if (INTEGER.test(text)) {
    if (digits <= 15) return BIGINT | DECIMAL | DOUBLE
    const whole = BigInt(text)
    return (
      (BigInt.asIntN(64, whole) === whole ? BIGINT : 0) |
      (digits <= 38 ? DECIMAL : 0) |
      (isExactDouble(text) ? DOUBLE : 0)
    )
  }
  return isExactDouble(text) ? DOUBLE : 0
}

/** Whether the nearest double, written as short as it can be, is still the same number. */
function isExactDouble(text: string): boolean {
  // Fifteen significant digits always survive (IEEE 754, DBL_DIG), if the exponent is in range: without one it is.
  if (text.length <= 15 && !/[eE]/.test(text)) return true
  const value = Number(text)
  if (String(value) === text) return true
  if (!Number.isFinite(value)) return false
  const written = normalize(text)
  return written === normalize(String(value))
}

/** `-12.50e1` → `-125e0`: significant digits and exponent, one spelling for each number. */
function normalize(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${sign}${significant}e${BigInt(exponent) + BigInt(digits.length - significant.length - fraction.length)}`
}

function maskOfMoment(text: string): number {
  const moment = readMoment(text)
  if (moment === undefined) return 0
  if (moment.zone !== undefined) return TIMESTAMPTZ
  return moment.timed ? TIMESTAMP : DATE | TIMESTAMP
}

/** A date or a point in time: days since 1970-01-01, microseconds of the day, the zone's offset in minutes. */
export interface Moment {
  readonly days: number
  readonly micros: number
  readonly timed: boolean
  readonly zone?: number
}

/** ISO 8601 as `MOMENT` has it, on a real calendar day (proleptic Gregorian); undefined for anything else. */
export function readMoment(text: string): Moment | undefined {
  const match = MOMENT.exec(text)
  if (match === null) return undefined
  const [, y, mo, d, h, mi, s = '0', fraction = '', zone] = match
  const [year, month, day] = [Number(y), Number(mo), Number(d)]
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  const days = daysSince1970(year, month, day)
  if (h === undefined) return { days, micros: 0, timed: false }
  const [hour, minute, second] = [Number(h), Number(mi), Number(s)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + Number(fraction.padEnd(6, '0'))
  if (zone === undefined) return { days, micros, timed: true }
  const offset = readOffset(zone)
  return offset === undefined ? undefined : { days, micros, timed: true, zone: offset }
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Counts from March, so that the leap day comes last; 719,468 days lie between 0000-03-01 and 1970-01-01. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1
  const monthFromMarch = (month + 9) % 12
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)
  return y * 365 + leapDays + Math.floor((153 * monthFromMarch + 2) / 5) + day - 1 - 719_468
}

function readOffset(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 15 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
