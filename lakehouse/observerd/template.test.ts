import { describe, expect, it } from 'vitest'
import { fillTemplate } from './template.ts'

const outputs = new Map<string, unknown>([
  ['a', { text: 'hi', n: 3, list: [{ x: 1 }, null], 'odd key': true, nested: { a: ['deep'] } }],
  ['b', 'plain {{a.text}}'],
])
const fill = (input: unknown) => fillTemplate(input, outputs)

describe('fillTemplate', () => {
  it.each([
    ['a lone reference keeps its type', '{{a.n}}', 3],
    ['and its structure', '{{a.list[0]}}', { x: 1 }],
    ['and null', '{{a.list[1]}}', null],
    ['in a text, strings as they are', 'say {{a.text}}!', 'say hi!'],
    ['in a text, all else as JSON', '{{a.n}} {{a.list}}', '3 [{"x":1},null]'],
    ['an index may be a key as well', '{{a.list.0.x}}', 1],
    ['a key with a space', '{{a.odd key}}', true],
    ['after an index', '{{a.nested.a[0]}}', 'deep'],
    ['deep in the input', { q: ['{{a.text}}', 1, null] }, { q: ['hi', 1, null] }],
    ['an escape', 'cost \\{{a.text}} {{a.n}}', 'cost {{a.text}} 3'],
    ['a dollar that is none', '$5 {a} $', '$5 {a} $'],
    ['what an output says is not filled again', '{{b}}', 'plain {{a.text}}'],
    ['nor within a text', '<{{b}}>', '<plain {{a.text}}>'],
  ])('%s', (_what, input, expected) => {
    expect(fill(input)).toEqual(expected)
  })

  it.each(['{{a.missing}}', '{{a.text.length}}', '{{a.list[2]}}', '{{a.constructor}}', '{{a.list[1].x}}'])(
    '%s is missing, and says so',
    (reference) => {
      expect(() => fill(`x ${reference}`)).toThrow(
        expect.objectContaining({ code: 'missing_output', details: { reference } }),
      )
    },
  )
})
