import { describe, expect, it } from 'vitest'
import { createChance } from '../kernel/test-chance.ts'
import { createModes } from './modes.ts'
import { chanceJson, json, ruleOf } from './rig.ts'
import { NOTHING, type Shape, shapeOf, showShape, unite } from './shape.ts'

const plain = createModes([], { kind: 'value' })
const shape = (text: string): Shape => shapeOf(json(text), 'literal', plain)
const shown = (text: string): string => showShape(shape(text))

describe('the canonical type tree', () => {
  it.each([
    ['null', 'null'],
    ['[1, 2]', '[integer]'],
    ['[1, 1.5, "x", null, true]', '[boolean | integer | float | string | null]'],
    ['[]', '[?]'],
    ['[[], [1]]', '[[integer]]'],
    ['{}', '{}'],
    ['{"b": 1, "a": "x"}', '{a: string, b: integer}'],
    ['[{"a": 1}, {"a": null, "b": true}]', '[{a: integer | null, b?: boolean}]'],
    ['[{"a": 1}, {}]', '[{a?: integer}]'],
    ['[{"a": {"x": 1}}, {"a": [2]}, 3]', '[{a: {x: integer} | [integer]} | integer]'],
    ['{"a": 1, "a": 2}', '{a (twice): integer}'],
    ['{"__proto__": {"a": 1}, "a b": 2}', '{__proto__: {a: integer}, "a b": integer}'],
  ])('%s is %s', (text, expected) => expect(shown(text)).toBe(expected))

  it('leaves out what is ignored, and only that', () => {
    const modes = createModes([ruleOf('$.meta', 'ignore'), ruleOf('$.meta.version', 'value')], {
      kind: 'value',
    })
    const text = '{"id": 1, "meta": {"version": "a", "at": 5}}'
    expect(showShape(shapeOf(json(text), 'literal', modes))).toBe(
      '{id: integer, meta: {at: ignored, version: string}}',
    )
  })
})

describe('union', () => {
  const chance = createChance(2026)
  const some = Array.from({ length: 300 }, () => shape(chanceJson(chance)))
  const three = some.map(
    (a, at) => [a, some[(at + 7) % some.length] ?? a, some[(at + 101) % some.length] ?? a] as const,
  )

  it('is commutative', () => {
    for (const [a, b] of three) expect(showShape(unite(a, b))).toBe(showShape(unite(b, a)))
  })
  it.each([
    ['[{"a": 1}]', '[{"a": 1}, {}]', '[{a?: integer}]'],
    ['[{"a": 1}]', '[{"a": 1, "b": 1}]', '[{a: integer, b?: integer}]'],
    ['{"a": 1}', '{"a": 1, "a": 1}', '{a (twice): integer}'],
    ['[]', '[1]', '[integer]'],
  ])('of %s and %s is %s, either way', (left, right, both) => {
    expect(showShape(unite(shape(left), shape(right)))).toBe(both)
    expect(showShape(unite(shape(right), shape(left)))).toBe(both)
  })
  it('is associative', () => {
    for (const [a, b, c] of three) {
      expect(showShape(unite(unite(a, b), c))).toBe(showShape(unite(a, unite(b, c))))
    }
  })
  it('is idempotent', () => {
    for (const [a, b] of three) {
      expect(showShape(unite(a, a))).toBe(showShape(a))
      const both = unite(a, b)
      expect(showShape(unite(both, a))).toBe(showShape(both))
    }
  })
  it('has nothing as its identity', () => {
    for (const a of some) {
      expect(showShape(unite(a, NOTHING))).toBe(showShape(a))
      expect(showShape(unite(NOTHING, a))).toBe(showShape(a))
    }
  })
  it('makes the shape of an array independent of the order and number of its elements', () => {
    const items = Array.from({ length: 12 }, () => chanceJson(chance))
    const inOrder = shown(`[${items.join(',')}]`)
    expect(shown(`[${items.toReversed().join(',')}]`)).toBe(inOrder)
    expect(shown(`[${[...items, ...items].join(',')}]`)).toBe(inOrder)
  })
  it('has seen enough different shapes to mean anything', () =>
    expect(new Set(some.map(showShape)).size).toBeGreaterThan(100))
})
