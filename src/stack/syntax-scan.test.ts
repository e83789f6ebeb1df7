import { expect, it } from 'vitest'
import { endOfLine, startOfLine } from './syntax-scan.ts'

it.each([
  ['\nab\n', 0, 0, 0],
  ['\nab\n', 1, 1, 3],
  ['\nab\n', 3, 1, 3],
  ['\nab\n', 4, 4, 4],
  ['ab', 1, 0, 2],
])('of %j the line of offset %i is from %i to %i', (text, offset, start, end) => {
  expect([startOfLine(text, offset), endOfLine(text, offset)]).toEqual([start, end])
})
