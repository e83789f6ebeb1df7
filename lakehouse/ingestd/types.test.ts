import { describe, expect, it } from 'vitest'
import { ANY_TYPE, chooseType, fits, maskOfJson, maskOfText, readMoment } from './types.ts'

const typeOf = (...texts: string[]): string =>
  chooseType(texts.reduce((mask, text) => mask & maskOfText(text), ANY_TYPE))
const jsonTypeOf = (...raws: string[]): string =>
  chooseType(raws.reduce((mask, raw) => mask & maskOfJson(raw), ANY_TYPE))

describe('types of CSV columns', () => {
  it.each([
    [['1', '-2', '0'], 'BIGINT'],
    [['9223372036854775807', '-9223372036854775808'], 'BIGINT'],
    [['9223372036854775808'], 'DECIMAL(38,0)'],
    [['-9223372036854775809', '1'], 'DECIMAL(38,0)'],
    [['9'.repeat(38)], 'DECIMAL(38,0)'],
    [['9'.repeat(39)], 'VARCHAR'],
    [['1', '2.5'], 'DOUBLE'],
    [['1e3', '-0', '1.50'], 'DOUBLE'],
    [['0.30000000000000004', '100000000000000000000.5e-1'], 'VARCHAR'],
    [['0.30000000000000004', '5e-324', '1.7976931348623157e308'], 'DOUBLE'],
    [['9007199254740993', '0.5'], 'VARCHAR'],
    [['9007199254740992', '0.5'], 'DOUBLE'],
    [['1e400'], 'VARCHAR'],
    [['0.12345678901234567890'], 'VARCHAR'],
    [['007'], 'VARCHAR'],
    [['+5'], 'VARCHAR'],
    [['.5'], 'VARCHAR'],
    [['5.'], 'VARCHAR'],
    [[' 5'], 'VARCHAR'],
    [['NaN', 'inf'], 'VARCHAR'],
    [['0x10'], 'VARCHAR'],
    [['true', 'FALSE'], 'BOOLEAN'],
    [['true', '1'], 'VARCHAR'],
    [['yes', 'no'], 'VARCHAR'],
    [['2024-02-29', '1999-12-31'], 'DATE'],
    [['2023-02-29'], 'VARCHAR'],
    [['2024-13-01'], 'VARCHAR'],
    [['0000-01-01'], 'VARCHAR'],
    [['2024-02-29', '2024-02-29 12:30:00'], 'TIMESTAMP'],
    [['2024-02-29T12:30', '2024-02-29 12:30:00.123456'], 'TIMESTAMP'],
    [['2024-02-29T12:30:00.1234567'], 'VARCHAR'],
    [['2024-02-29T24:00:00'], 'VARCHAR'],
    [['2024-02-29T23:59:60'], 'VARCHAR'],
    [['2024-02-29T12:30:00Z', '2024-02-29T12:30:00+02:00'], 'TIMESTAMP WITH TIME ZONE'],
    [['2024-02-29T12:30:00Z', '2024-02-29T12:30:00'], 'VARCHAR'],
    [['', 'x'], 'VARCHAR'],
    [[], 'VARCHAR'],
  ])('%j is %s', (texts, type) => expect(typeOf(...texts)).toBe(type))
})

describe('types of NDJSON columns', () => {
  it.each([
    [['1', '2'], 'BIGINT'],
    [['18446744073709551615'], 'DECIMAL(38,0)'],
    [['1', '2.5'], 'DOUBLE'],
    [['"1"', '"2"'], 'VARCHAR'],
    [['1', '"1"'], 'JSON'],
    [['true', 'false'], 'BOOLEAN'],
    [['true', '1'], 'JSON'],
    [['{"a":1}', '[1]'], 'JSON'],
    [['0.12345678901234567890'], 'JSON'],
    [['"2024-02-29"'], 'DATE'],
    [['"2024-02-29"', '"soon"'], 'VARCHAR'],
    [['"2024-02-29T00:00:00Z"'], 'TIMESTAMP WITH TIME ZONE'],
  ])('%j is %s', (raws, type) => expect(jsonTypeOf(...raws)).toBe(type))
})

describe('fits', () => {
  it('holds where no value would be lost', () => {
    expect(fits(maskOfText('5'), 'DOUBLE')).toBe(true)
    expect(fits(maskOfText('5'), 'VARCHAR')).toBe(true)
    expect(fits(ANY_TYPE, 'DATE')).toBe(true)
  })
  it('does not hold otherwise, nor for a type that is not ours', () => {
    expect(fits(maskOfText('5.5'), 'BIGINT')).toBe(false)
    expect(fits(maskOfText('9007199254740993'), 'DOUBLE')).toBe(false)
    expect(fits(maskOfJson('5'), 'VARCHAR')).toBe(false)
    expect(fits(ANY_TYPE, 'INTEGER')).toBe(false)
  })
})

it('counts days as the calendar does', () => {
  for (let days = -719_162; days <= 2_932_896; days += 1) {
    if (days % 97 !== 0 && Math.abs(days) > 40_000) continue
    const text = new Date(days * 86_400_000).toISOString().slice(0, 10)
    if (readMoment(text)?.days !== days)
      expect({ text, days: readMoment(text)?.days }).toEqual({ text, days })
  }
  expect(readMoment('9999-12-31')?.days).toBe(2_932_896)
  for (const no of [
    '1900-02-29',
    '2100-02-29',
    '2023-02-29',
    '2024-04-31',
    '2024-00-01',
    '2024-01-00',
    '2024-01-32',
  ]) {
    expect(readMoment(no)).toBeUndefined()
  }
  expect(readMoment('2000-02-29')).toBeDefined()
})

it('reads moments to the microsecond and the minute of the zone', () => {
  expect(readMoment('1969-12-31')).toEqual({ days: -1, micros: 0, timed: false })
  expect(readMoment('1970-01-02 00:00:01.5-0330')).toEqual({
    days: 1,
    micros: 1_500_000,
    timed: true,
    zone: -210,
  })
  expect(readMoment('0001-01-01')?.days).toBe(-719162)
})
