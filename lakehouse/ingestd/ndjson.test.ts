import { describe, expect, it } from 'vitest'
import { NdjsonReader } from './ndjson.ts'

function read(...pieces: string[]): [Record<string, string | null>, number][] {
  const records: [Record<string, string | null>, number][] = []
  const reader = new NdjsonReader((record, line) => records.push([Object.fromEntries(record), line]))
  for (const piece of pieces) reader.push(piece)
  reader.end()
  return records
}

describe('objects', () => {
  it.each<[string, [Record<string, string | null>, number][]]>([
    [
      '{"a":1}\n{"a":2}',
      [
        [{ a: '1' }, 1],
        [{ a: '2' }, 2],
      ],
    ],
    [
      '{"a":1}\r\n\n \t\n{"a":2}\r\n',
      [
        [{ a: '1' }, 1],
        [{ a: '2' }, 4],
      ],
    ],
    ['{}', [[{}, 1]]],
    [' { "a" : null , "b":true, "c" : -1.50e+3 } ', [[{ a: null, b: 'true', c: '-1.50e+3' }, 1]]],
    ['{"a":123456789012345678901234567890}', [[{ a: '123456789012345678901234567890' }, 1]]],
    ['{"a":{"x":[1,"}]",{"y":"\\""}]},"b":[ ]}', [[{ a: '{"x":[1,"}]",{"y":"\\""}]}', b: '[ ]' }, 1]]],
    ['{"k\\u0041\\"":"v\\n"}', [[{ 'kA"': '"v\\n"' }, 1]]],
  ])('reads %j', (text, records) => {
    expect(read(text)).toEqual(records)
    expect(read(...text)).toEqual(records)
  })
})

describe('refusals name the line', () => {
  it.each([
    ['{"a":1}\n[1]', 2, 'not_an_object'],
    ['{"a":1}\n\nnull', 3, 'not_an_object'],
    ['{"a":1}\n"x"', 2, 'not_an_object'],
    ['{"a":1', 1, 'malformed_json'],
    ['{"a":01}', 1, 'malformed_json'],
    ['{"a":1}{"a":2}', 1, 'malformed_json'],
    ['{"a":1,"b":2,"a":3}', 1, 'duplicate_key'],
    ['{"a":1,"\\u0061":3}', 1, 'duplicate_key'],
    ['{"a":"\\ud800"}', 1, 'malformed_json'],
    ['{"\\udc00":1}', 1, 'malformed_json'],
    ['{"a":NaN}', 1, 'malformed_json'],
  ])('%j', (text, line, code) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ status: 400, code, details: { line } }))
  })
})
