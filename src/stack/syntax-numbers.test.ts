/** What people read when a number or a date is no TOML. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('numbers and dates', () => {
  it('leading zero', () =>
    expect(errorsOf('a = 00')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: a number does not begin with 0: \`00\`
      1 | a = 00
        |     ^^
      hint: octal numbers are 0o755
    "
  `))
  it('doubled underscore', () =>
    expect(errorsOf('a = 1__0')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`1__0\` is no number
      1 | a = 1__0
        |     ^^^^
      hint: 42, 1.5, 1e3 and 1_000 are; text stands in quotes
    "
  `))
  it('a trailing underscore', () =>
    expect(errorsOf('a = 1_')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`1_\` is no number
      1 | a = 1_
        |     ^^
      hint: 42, 1.5, 1e3 and 1_000 are; text stands in quotes
    "
  `))
  it('no digits after the dot', () =>
    expect(errorsOf('a = 1.')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`1.\` is no number
      1 | a = 1.
        |     ^^
      hint: 42, 1.5, 1e3 and 1_000 are; text stands in quotes
    "
  `))
  it('no digits before the dot', () =>
    expect(errorsOf('a = .5')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`.5\` is no number
      1 | a = .5
        |     ^^
      hint: 42, 1.5, 1e3 and 1_000 are; text stands in quotes
    "
  `))
  it('bad hexadecimal', () =>
    expect(errorsOf('a = 0xZZ')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`0xZZ\` is no number
      1 | a = 0xZZ
        |     ^^^^
      hint: 42, 1.5, 1e3 and 1_000 are; text stands in quotes
    "
  `))
  it('an empty exponent', () =>
    expect(errorsOf('a = 1e')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`1e\` is no number
      1 | a = 1e
        |     ^^
      hint: 42, 1.5, 1e3 and 1_000 are; text stands in quotes
    "
  `))
  it('two signs', () =>
    expect(errorsOf('a = +-1')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`+-1\` is no number
      1 | a = +-1
        |     ^^^
      hint: 42, 1.5, 1e3 and 1_000 are; text stands in quotes
    "
  `))
  it('too large', () =>
    expect(errorsOf('a = 99999999999999999999')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: integer literal is outside the 64-bit signed integer range required by TOML
      1 | a = 99999999999999999999
        |     ^^^^^^^^^^^^^^^^^^^^
    "
  `))
  it('a month that is none', () =>
    expect(errorsOf('a = 2020-13-01')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: invalid date: month 13 out of range
      1 | a = 2020-13-01
        |     ^^^^^^^^^^
    "
  `))
  it('a day that is none', () =>
    expect(errorsOf('a = 2020-02-30')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: invalid date: day 30 out of range for month 2
      1 | a = 2020-02-30
        |     ^^^^^^^^^^
    "
  `))
  it('an hour that is none', () =>
    expect(errorsOf('a = 25:00:00')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: invalid time: hour 25 out of range
      1 | a = 25:00:00
        |     ^^^^^^^^
    "
  `))
  it('half a date', () =>
    expect(errorsOf('a = 2020-01-01T')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`2020-01-01T\` is no date or time
      1 | a = 2020-01-01T
        |     ^^^^^^^^^^^
      hint: 2020-01-31, 12:30:00 and 2020-01-31T12:30:00Z are; text stands in quotes
    "
  `))
})
