import { describe, expect, it } from 'vitest'
import { needsClosure, startOrder } from './order.ts'

const graph = (needs: Record<string, string[]>) =>
  new Map(Object.entries(needs).map(([name, list]) => [name, { needs: list }]))

describe('startOrder', () => {
  it('puts what is needed into earlier layers', () =>
    expect(startOrder(graph({ web: ['api', 'db'], api: ['db'], db: [], cache: [] }))).toEqual([
      ['db', 'cache'],
      ['api'],
      ['web'],
    ]))
  it('passes over needs outside of the selection', () =>
    expect(startOrder(graph({ api: ['db'] }))).toEqual([['api']]))
  it('knows the empty stack', () => expect(startOrder(new Map())).toEqual([]))
  it('treats a circle as a bug: the loader refuses it', () =>
    expect(() => startOrder(graph({ a: ['b'], b: ['a'] }))).toThrow('needs in a circle: a, b'))
})

describe('needsClosure', () => {
  const daemons = graph({ web: ['api'], api: ['db'], db: [], cache: [] }) as never
  it('takes all that is needed, in the order of the file', () =>
    expect(needsClosure({ daemons }, ['api', 'cache'])).toEqual(['api', 'db', 'cache']))
  it('takes everything once', () =>
    expect(needsClosure({ daemons }, ['db', 'db', 'api'])).toEqual(['api', 'db']))
  it('takes nothing for nothing, nor for strangers', () => {
    expect(needsClosure({ daemons }, [])).toEqual([])
    expect(needsClosure({ daemons }, ['toString', 'x'])).toEqual([])
  })
})
