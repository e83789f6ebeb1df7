import { describe, expect, it } from 'vitest'
import { CsvReader, type Field } from './csv.ts'

function read(...pieces: string[]): { records: Field[][]; lines: number[] } {
  const records: Field[][] = []
  const lines: number[] = []
  const reader = new CsvReader((fields, line) => {
    records.push(fields)
    lines.push(line)
  })
  for (const piece of pieces) reader.push(piece)
  reader.end()
  return { records, lines }
}

describe('records', () => {
  it.each<[string, Field[][]]>([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\n1,',
      [
        ['a', 'b'],
        ['1', null],
      ],
    ],
    [
      'a,b\n,\n',
      [
        ['a', 'b'],
        [null, null],
      ],
    ],
    [
      'a,b\n"",x',
      [
        ['a', 'b'],
        ['', 'x'],
      ],
    ],
    ['a\n""', [['a'], ['']]],
    [
      '"a ""q"", x","b\r\nc"\n1,2\n',
      [
        ['a "q", x', 'b\r\nc'],
        ['1', '2'],
      ],
    ],
    ['a\n\n1\n', [['a'], [null], ['1']]],
    [' a , b\n', [[' a ', ' b']]],
    ['a\u0000b,ü€😀\n', [['a\u0000b', 'ü€😀']]],
    ['', []],
    ['\n', [[null]]],
  ])('reads %j', (text, records) => expect(read(text).records).toEqual(records))

  it('names the line where each record begins', () => {
    expect(read('h\n"a\nb\r\nc"\nx\r\ny').lines).toEqual([1, 2, 5, 6])
  })
})

describe('what is ambiguous is refused, with its line', () => {
  it.each([
    ['a\nb"c\n', 2, 'a quote inside the unquoted field'],
    ['a\n"b"c\n', 2, 'after the closing quote'],
    ['a\n"b" \n', 2, 'after the closing quote'],
    ['a\nx\n"b\nc\n', 3, 'never closed'],
    ['a\rb\n', 1, 'carriage return'],
    ['a\nb\r', 2, 'carriage return'],
    ['a\n"b\nc"\nd"', 4, 'a quote inside'],
  ])('%j', (text, line, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ status: 400, code: 'malformed_csv', details: { line } }),
    )
    expect(() => read(text)).toThrow(message)
  })
})

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const ALPHABET = ['a', 'b', '"', ',', '\n', '\r', '\r\n', ' ', '1', 'ß', '😀', '\u0000']

function write(fields: readonly Field[], pick: (below: number) => number): string {
  return fields
    .map((field) => {
      if (field === null) return ''
      const needsQuotes = field === '' || /[",\r\n]/.test(field)
      return needsQuotes || pick(3) === 0 ? `"${field.replaceAll('"', '""')}"` : field
    })
    .join(',')
}

it('reads back whatever was written, however it is cut into pieces', () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const pick = random(seed)
    const width = 1 + pick(4)
    const records = Array.from({ length: pick(6) }, () =>
      Array.from({ length: width }, (): Field => {
        if (pick(5) === 0) return null
        return Array.from({ length: pick(5) }, () => ALPHABET[pick(ALPHABET.length)] ?? '').join('')
      }),
    )
    const text = records.map((fields) => write(fields, pick) + (pick(2) === 0 ? '\n' : '\r\n')).join('')
    const pieces: string[] = []
    for (let at = 0; at < text.length; ) {
      const length = 1 + pick(4)
      pieces.push(text.slice(at, at + length))
      at += length
    }
    expect({ seed, records: read(text).records }).toEqual({ seed, records })
    expect({ seed, records: read(...pieces).records }).toEqual({ seed, records })
  }
})
