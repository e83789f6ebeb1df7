import { describe, expect, it } from 'vitest'
import { createChance } from '../kernel/test-chance.ts'
import type { JsonNode } from './json-node.ts'
import { parseJson } from './parse-json.ts'
import { chanceJson, json } from './rig.ts'

/** As `JSON.parse` gives it. */
function toValue(node: JsonNode): unknown {
  switch (node.kind) {
    case 'null':
      return null
    case 'number':
      return Number(node.text)
    case 'array':
      return node.items.map(toValue)
    case 'object': {
      const table: Record<string, unknown> = {}
      for (const [key, value] of node.fields) {
        Object.defineProperty(table, key, {
          value: toValue(value),
          enumerable: true,
          configurable: true,
          writable: true,
        })
      }
      return table
    }
    default:
      return node.value
  }
}

function parseBuiltIn(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const TEXTS = [
  '0',
  '-0',
  '1.5e+10',
  ' [1 , 2 ] ',
  '{"a":{"b":[]}}',
  '"\\u00e9\\n\\"\\\\\\/"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '[[],{}]',
  '{"__proto__":1,"constructor":2}',
  '\t\n\r null',
  '{"":0}',
  '{"a":1,"a":2}',
  '',
  ' ',
  '01',
  '+1',
  '.5',
  '1.',
  '1e',
  '-',
  'NaN',
  'Infinity',
  'tru',
  'nul',
  "'a'",
  '"a',
  '"\t"',
  '"\\x"',
  '"\\u12g4"',
  '"\\',
  '[1,]',
  '[,1]',
  '[1 2]',
  '{,}',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{a:1}',
  '{"a" 1}',
  '[',
  '{',
  '{"a"',
  ']',
  '1 2',
  '[1]]',
  '\ufeff1',
  '\u00a01',
  '// x\n1',
  '[1]\u0000',
  '\u2028',
  '1_000',
  '0x10',
  '{"a":1 "b":2}',
  '--1',
  '1e+',
  '"\u001f"',
  '"\u007f"',
]

it.each(TEXTS)('agrees with JSON.parse on %j', (text) => {
  const parsed = parseJson(text)
  const builtIn = parseBuiltIn(text)
  expect(parsed.ok).toBe(builtIn !== undefined)
  if (parsed.ok) expect(toValue(parsed.value)).toEqual(builtIn?.value)
})

it('agrees with JSON.parse on texts made by chance, and on what is left of them when a character is lost', () => {
  const chance = createChance(1)
  for (let round = 0; round < 500; round += 1) {
    const whole = chanceJson(chance)
    const lost = Math.floor(chance() * whole.length)
    for (const text of [whole, whole.slice(0, lost) + whole.slice(lost + 1)]) {
      const parsed = parseJson(text)
      const builtIn = parseBuiltIn(text)
      expect([text, parsed.ok]).toEqual([text, builtIn !== undefined])
      if (parsed.ok) expect(toValue(parsed.value)).toEqual(builtIn?.value)
    }
  }
})

describe('loses nothing', () => {
  it('numbers keep their text', () =>
    expect(json('[9007199254740993, 1.0, 1e400, -0, 0.10]')).toEqual({
      kind: 'array',
      items: ['9007199254740993', '1.0', '1e400', '-0', '0.10'].map((text) => ({ kind: 'number', text })),
    }))
  it('repeated keys are noticed, and the last value stands', () => {
    const node = json('{"a":1,"b":2,"a":3,"\\u0061":4}')
    expect(node).toMatchObject({ kind: 'object', repeated: new Set(['a']) })
    expect(toValue(node)).toEqual({ a: 4, b: 2 })
  })
  it('no key is special', () => {
    const node = json('{"__proto__":{"polluted":true}}')
    expect(node.kind === 'object' && [...node.fields.keys()]).toEqual(['__proto__'])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

it('says what is wrong, and where', () => {
  const fault = (text: string) => {
    const parsed = parseJson(text)
    return parsed.ok ? '' : `${parsed.error.line}:${parsed.error.column} ${parsed.error.message}`
  }
  expect([
    fault('{"a": 1,\n "b" 2}'),
    fault('[1,\n2'),
    fault('["a\nb"]'),
    fault('["abc'),
    fault('{"a": tru}'),
    fault('[1] x'),
    fault('"\\q"'),
    fault('[1,]'),
    fault(`${'['.repeat(100_000)}`),
  ]).toMatchInlineSnapshot(`
    [
      "2:6 ":" was expected, not "2"",
      "2:2 "," or "]" was expected, not the end of the text",
      "1:4 a string must not hold "\\n" as it is",
      "1:2 this string does not end",
      "1:7 a value was expected, not "t"",
      "1:5 nothing may follow the value, but "x" does",
      "1:2 "\\q" is no escape of JSON",
      "1:4 a value was expected, not "]"",
      "1:501 arrays and objects nest deeper than 500",
    ]
  `)
})
