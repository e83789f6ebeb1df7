import { expect, it } from 'vitest'
import { filterHeaders } from './headers.ts'

it('drops what belongs to the connection and keeps the rest as it is', () => {
  const raw = [
    'Host',
    'a',
    'X-Two',
    '1',
    'x-two',
    '2',
    'Connection',
    'close, X-Private',
    'x-private',
    'p',
    'TE',
    'x',
  ]
  expect(filterHeaders(raw, ['host'])).toEqual(['X-Two', '1', 'x-two', '2'])
})

it('does not let Connection bring back what is dropped anyway', () => {
  expect(filterHeaders(['connection', '', 'Upgrade', 'h2c', 'A', 'b'], [])).toEqual(['A', 'b'])
})
