import { expect, it } from 'vitest'
import { VectorCache } from './cache.ts'

it('forgets what was not used for longest', () => {
  const cache = new VectorCache(2)
  cache.set('m', 'a', [1])
  cache.set('m', 'b', [2])
  expect(cache.get('m', 'a')).toEqual([1])
  cache.set('m', 'c', [3])
  expect([cache.get('m', 'a'), cache.get('m', 'b'), cache.get('m', 'c'), cache.size]).toEqual([
    [1],
    undefined,
    [3],
    2,
  ])
})

it('keeps models apart, however the names run together', () => {
  const cache = new VectorCache(9)
  cache.set('a b', 'c', [1])
  expect(cache.get('a', 'b c')).toBeUndefined()
})

it('with a limit of 0 keeps nothing', () => {
  const cache = new VectorCache(0)
  cache.set('m', 'a', [1])
  expect(cache.get('m', 'a')).toBeUndefined()
})
