import { describe, expect, it } from 'vitest'
import { LineReader } from './line-reader.ts'
import { findLocation, parseFrames } from './location.ts'
import { OutputSplitter } from './output-splitter.ts'

describe('OutputSplitter', () => {
  it.each([1, 2, 3, 7, 100])('cuts at the boundary, in chunks of %i bytes', async (size) => {
    const text = Buffer.from('one\ntwo ###end###\nthree')
    const got: Buffer[] = []
    const splitter = new OutputSplitter('###end###\n', (chunk) => got.push(Buffer.from(chunk)))
    for (let at = 0; at < text.length; at += size) splitter.push(text.subarray(at, at + size))
    await splitter.seen
    expect(Buffer.concat(got).toString()).toBe('one\ntwo ')
  })

  it('hands out everything when no boundary comes', () => {
    const got: Buffer[] = []
    const splitter = new OutputSplitter('###end###\n', (chunk) => got.push(Buffer.from(chunk)))
    splitter.push(Buffer.from('crash ###end'))
    splitter.flush()
    expect(Buffer.concat(got).toString()).toBe('crash ###end')
  })
})

describe('LineReader', () => {
  it('cuts lines across chunks and inside characters', () => {
    const lines: string[] = []
    const reader = new LineReader((line) => lines.push(line))
    const bytes = Buffer.from('größe\nzwei\nrest')
    for (const byte of bytes) reader.push(Buffer.from([byte]))
    reader.end()
    expect(lines).toEqual(['größe', 'zwei', 'rest'])
  })

  it('bounds a line without end', () => {
    const lines: string[] = []
    const reader = new LineReader((line) => lines.push(line))
    for (let i = 0; i < 100; i += 1) reader.push(Buffer.alloc(10_000, 'x'))
    reader.end()
    expect(lines).toHaveLength(1)
    expect(lines[0]?.length).toBeLessThan(100_000)
  })
})

describe('locations', () => {
  const stack = [
    'Error: x',
    '    at step (/tool/steps.ts:1:2)',
    '    at async Object.run (file:///smokes/a%20b.ts:12:34)',
    '    at file:///smokes/other.ts?v=1:5:6',
    '    at node:internal/main:1:1',
  ].join('\n')

  it('reads frames of every form', () => {
    expect(parseFrames(stack)).toEqual([
      { file: '/tool/steps.ts', line: 1, column: 2 },
      { file: '/smokes/a b.ts', line: 12, column: 34 },
      { file: '/smokes/other.ts', line: 5, column: 6 },
    ])
  })

  it('finds the innermost frame in a file, or none', () => {
    expect(findLocation(stack, '/smokes/a b.ts')?.line).toBe(12)
    expect(findLocation(stack, '/smokes/none.ts')).toBeUndefined()
    expect(findLocation(undefined, '/a')).toBeUndefined()
  })
})
