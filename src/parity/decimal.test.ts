import { expect, it } from 'vitest'
import { areEqualNumbers, canonicalNumber, typeOfNumber } from './decimal.ts'

it.each([
  [['1', '1.0', '1e0', '10e-1', '0.1E1', '1.000'], '1e0'],
  [['100', '1e2', '1.00e+2', '1000e-1'], '1e2'],
  [['0', '-0', '0.0', '0e99', '-0.000e-5'], '0'],
  [['-2.50', '-25e-1'], '-25e-1'],
  [['9007199254740993'], '9007199254740993e0'],
  [['1e99999999999999999999'], '1e99999999999999999999'],
])('%j are one number', (texts, canonical) => {
  expect(texts.map(canonicalNumber)).toEqual(texts.map(() => canonical))
  for (const a of texts) for (const b of texts) expect([a, b, areEqualNumbers(a, b)]).toEqual([a, b, true])
})

it('tells numbers apart that floats do not', () => {
  expect(areEqualNumbers('9007199254740993', '9007199254740992')).toBe(false)
  expect(areEqualNumbers('9007199254740993', '9007199254740992.0')).toBe(false)
  expect(areEqualNumbers('0.1', '0.10000000000000000001')).toBe(false)
  expect(areEqualNumbers('1', '-1')).toBe(false)
})

it('takes no longer for many zeros', () => {
  expect(canonicalNumber(`1${'0'.repeat(200_000)}1`)).toBe(`1${'0'.repeat(200_000)}1e0`)
})

it.each([
  ['1', 'integer', 'integer'],
  ['-0', 'integer', 'integer'],
  ['1.0', 'float', 'integer'],
  ['1e2', 'float', 'integer'],
  ['1.5', 'float', 'float'],
  ['15e-1', 'float', 'float'],
  ['0.0', 'float', 'integer'],
])('%s is %s as written and %s by value', (text, literal, value) => {
  expect([typeOfNumber(text, 'literal'), typeOfNumber(text, 'value'), typeOfNumber(text, 'any')]).toEqual([
    literal,
    value,
    'number',
  ])
})
