import { describe, expect, it } from 'vitest'
import { createPaint, wantsColor } from './paint.ts'

const tty = { isTTY: true }
const pipe = { isTTY: false }

describe('wantsColor', () => {
  it.each([
    ['a terminal', tty, {}, undefined, true],
    ['a pipe', pipe, {}, undefined, false],
    ['a dumb terminal', tty, { TERM: 'dumb' }, undefined, false],
    ['NO_COLOR', tty, { NO_COLOR: '1' }, undefined, false],
    ['NO_COLOR, even 0', tty, { NO_COLOR: '0' }, undefined, false],
    ['an empty NO_COLOR', tty, { NO_COLOR: '' }, undefined, true],
    ['FORCE_COLOR in a pipe', pipe, { FORCE_COLOR: '1' }, undefined, true],
    ['an empty FORCE_COLOR in a pipe', pipe, { FORCE_COLOR: '' }, undefined, true],
    ['FORCE_COLOR=0 on a terminal', tty, { FORCE_COLOR: '0' }, undefined, false],
    ['FORCE_COLOR=false on a terminal', tty, { FORCE_COLOR: 'false' }, undefined, false],
    ['NO_COLOR before FORCE_COLOR', tty, { NO_COLOR: '1', FORCE_COLOR: '1' }, undefined, false],
    ['a flag before NO_COLOR', pipe, { NO_COLOR: '1' }, true, true],
    ['a flag before FORCE_COLOR', tty, { FORCE_COLOR: '1' }, false, false],
  ])('%s', (_, out, env, flag, expected) => expect(wantsColor(out, env, flag)).toBe(expected))
})

it('paints, or leaves the text as it is', () => {
  expect(createPaint(true).verdict('PASS', 'PASS d1')).toBe('\u001b[32mPASS d1\u001b[39m')
  expect(createPaint(true).bad('')).toBe('')
  expect(createPaint(false).verdict('FAIL', 'FAIL d1')).toBe('FAIL d1')
})
