import { describe, expect, it } from 'vitest'
import { parseHeader } from './header.ts'

describe('parseHeader', () => {
  it.each(['#', '//', '--', '  #'])('reads fields after %j', (mark) => {
    const text = [
      '#!/bin/sh',
      `${mark} title: rows are counted`,
      `${mark} needs: queryd, ingestd storaged`,
    ].join('\n')
    expect(parseHeader(text)).toEqual({
      header: { title: 'rows are counted', needs: ['queryd', 'ingestd', 'storaged'] },
      problems: [],
    })
  })

  it('reads every field, with Windows line ends too', () => {
    const text = '# title: t\r\n# why: w: x\r\n# needs:\r\n# claims: a b\r\n# budget: 1.5m\r\n'
    expect(parseHeader(text).header).toEqual({
      title: 't',
      why: 'w: x',
      needs: [],
      claims: ['a', 'b'],
      budgetMs: 90_000,
    })
  })

  it('lets other comments be', () => {
    expect(parseHeader('# Copyright: nobody\n# note: none\necho title: no comment')).toEqual({
      header: {},
      problems: [],
    })
  })

  it('finds everything that is wrong, with its place', () => {
    const { problems } = parseHeader(
      '#!/bin/sh\n# tilte: x\n# need: a\n# budget: soon\n# why:\n# title: a\n# title: b',
    )
    expect(problems).toEqual([
      { line: 2, column: 3, message: 'unknown field "tilte"; did you mean "title"?' },
      { line: 3, column: 3, message: 'unknown field "need"; did you mean "needs"?' },
      { line: 4, column: 3, message: '"budget" must be a number with a unit: 250ms, 15s, 1.5m, 1h' },
      { line: 5, column: 3, message: '"why" is empty' },
      { line: 7, column: 3, message: '"title" is given twice' },
    ])
  })

  it('stops after forty lines', () => {
    expect(parseHeader(`${'\n'.repeat(40)}# title: too late`).header).toEqual({})
  })
})
