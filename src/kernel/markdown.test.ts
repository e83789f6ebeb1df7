import { describe, expect, it } from 'vitest'
import { codeMarkdown, escapeMarkdown, fenceMarkdown, tableMarkdown } from './markdown.ts'

describe('text of strangers', () => {
  it.each([
    ['a | b', 'a \\| b'],
    ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['![x](http://y)', '!\\[x\\](http://y)'],
    ['**bold** _it_ `code` ~no~ # 1', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~no\\~ \\# 1'],
    ['&lt;', '\\&lt;'],
    ['\\|', '\\\\\\|'],
    ['two\r\nlines\tand  blanks ', 'two lines and blanks'],
    ['\u001b[31mred\u0007\u202e', 'red\ufffd\ufffd'],
    ['', ''],
  ])('%j stays text', (text, expected) => expect(escapeMarkdown(text)).toBe(expected))
})

describe('code', () => {
  it.each([
    ['plain', '`plain`'],
    ['a ` b', '``a ` b``'],
    ['`all`', '`` `all` ``'],
    ['two\nlines', '`two lines`'],
  ])('%j stands as it is', (text, expected) => expect(codeMarkdown(text)).toBe(expected))

  it('in a fence that nothing in it closes', () =>
    expect(fenceMarkdown('```\n````\u001b[2J')).toBe('`````\n```\n````\n`````'))
})

it('a table has its cells in order, a missing one empty', () => {
  expect(tableMarkdown(['a', 'b'], [['1', '2'], ['3']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |')
  expect(tableMarkdown(['a'], [])).toBe('')
})

it('nothing in a cell ends it, not even in code', () => {
  const cells = [codeMarkdown('sh -c "a | b"'), escapeMarkdown('a | \\| b')]
  expect(tableMarkdown(['x', 'y'], [cells]).split('\n').at(-1)).toBe(
    '| `sh -c "a \\| b"` | a \\| \\\\\\| b |',
  )
})
