import { expect, it } from 'vitest'
import { thinOut } from './usage.ts'

const at = (x: number, y: number, part = 0) => ({ x, y, part })

it('few samples are drawn as they are', () => {
  const points = [at(0, 1), at(10, 2)]
  expect(thinOut(points, 10)).toBe(points)
})

it('of many, the highest of each pixel and incarnation is drawn, in order', () => {
  const points = Array.from({ length: 100_000 }, (_, i) =>
    at(i, i === 77_777 ? 500 : i % 10, i < 50_001 ? 0 : 1),
  )
  const drawn = thinOut(points, 100_000)
  expect(drawn.length).toBeLessThanOrEqual(252)
  expect(Math.max(...drawn.map(({ y }) => y))).toBe(500)
  expect(drawn.map(({ x }) => x)).toEqual(drawn.map(({ x }) => x).sort((a, b) => a - b))
  expect(new Set(drawn.map(({ part }) => part))).toEqual(new Set([0, 1]))
})
