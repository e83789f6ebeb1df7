import { expect, it } from 'vitest'
import { ALL_FAULTS } from './catalogue.ts'
import { alters, changeAt, dropParameter, gone, list, plus, to } from './change.ts'
import { readBind, readFolder, replaceBind } from './daemon-config.ts'

const results = { results: [{ id: 'a', score: 1 }, { id: 'b' }], k: 2 }

it.each([
  ['a key', 'k', plus(1), { ...results, k: 3 }],
  ['a key of every item', 'results.*.score', to(0), { results: [{ id: 'a', score: 0 }, { id: 'b' }], k: 2 }],
  ['an item', 'results.1', to('x'), { results: [{ id: 'a', score: 1 }, 'x'], k: 2 }],
  ['a list', 'results', list((items) => items.slice(1)), { results: [{ id: 'b' }], k: 2 }],
  ['a key away', 'k', gone, { results: results.results }],
  ['nothing where the path leads nowhere', 'error.code', to('x'), results],
])('changes %s', (_what, path, change, expected) => {
  expect(changeAt(results, path, change)).toEqual(expected)
})

it('leaves answers alone that are no JSON', () => {
  const reply = { status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from('{"k":1}') }
  const request = { method: 'GET', url: '/', headers: {}, body: Buffer.alloc(0) }
  expect(alters('GET /', 'k', to(2)).reply?.(reply, request, new Map())).toBe(reply)
})

it('takes one parameter out of a query', () => {
  const without = (url: string) =>
    dropParameter('limit')({ method: 'GET', url, headers: {}, body: Buffer.alloc(0) }).url
  expect(without('/v1/objects?prefix=a&limit=3&after=b')).toBe('/v1/objects?prefix=a&after=b')
  expect(without('/v1/objects?limit=3')).toBe('/v1/objects')
})

it("reads a daemon's own section of the configuration, and changes its bind only", () => {
  const config = `[storaged]
bind = "127.0.0.1:1001"

[storaged.store]
root = "/data/objects"

[queryd]
bind = "127.0.0.1:1002"
data = "/data/queryd"
`
  expect(readBind(config, 'queryd')).toEqual({ host: '127.0.0.1', port: 1002 })
  expect(readFolder(config, 'storaged', 'store.root')).toBe('/data/objects')
  expect(readFolder(config, 'queryd', 'data')).toBe('/data/queryd')
  expect(replaceBind(config, 'storaged', '127.0.0.1:0')).toBe(config.replace('1001', '0'))
  expect(() => readBind(config, 'gateway')).toThrow('no section [gateway]')
})

it('has at least three faults for each smoke, each under a name of its own', () => {
  const ids = ALL_FAULTS.map((fault) => fault.id)
  expect(new Set(ids).size).toBe(ids.length)
  const smokes = [...new Set(ALL_FAULTS.map((fault) => fault.smoke))]
  expect(smokes).toHaveLength(21)
  for (const smoke of smokes) {
    expect(ALL_FAULTS.filter((fault) => fault.smoke === smoke).length, smoke).toBeGreaterThanOrEqual(3)
  }
})
