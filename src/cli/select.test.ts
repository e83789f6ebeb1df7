import { expect, it } from 'vitest'
import { selectSmokes } from './select.ts'

const chain = ['d1', 'd2', 'd3', 'chatd']

it('takes the whole chain when nothing is asked for', () =>
  expect(selectSmokes(chain, {})).toEqual({ ok: true, value: chain }))

it('keeps chain order and takes names joined by commas', () =>
  expect(selectSmokes(chain, { only: ['chatd,d2', 'd2'] })).toEqual({ ok: true, value: ['d2', 'chatd'] }))

it('starts from a smoke', () =>
  expect(selectSmokes(chain, { from: 'd3' })).toEqual({ ok: true, value: ['d3', 'chatd'] }))

it('selects nothing rather than everything from an empty list', () =>
  expect(selectSmokes(chain, { only: [','] })).toEqual({ ok: true, value: [] }))

it('names each unknown smoke and the nearest known one', () =>
  expect(selectSmokes(chain, { only: ['d9', 'chattd'] })).toEqual({
    ok: false,
    error: [
      'no smoke named "d9"; did you mean "d1"? (known: d1, d2, d3, chatd)',
      'no smoke named "chattd"; did you mean "chatd"? (known: d1, d2, d3, chatd)',
    ],
  }))
