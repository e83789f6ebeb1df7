import { describe, expect, it } from 'vitest'
import { type Diagnostic, renderDiagnostics } from './diagnostic.ts'

const at = (source: string, column: number, length: number, more: Partial<Diagnostic> = {}): Diagnostic => ({
  file: '/p/s.toml',
  line: 7,
  column,
  length,
  source,
  message: 'wrong',
  ...more,
})
const render = (diagnostic: Diagnostic) => renderDiagnostics([diagnostic], { cwd: '/p' })

/** The source line and the line of marks, without the gutter. */
function excerptOf(diagnostic: Diagnostic): [string, string] {
  const [, source = '', marks = ''] = render(diagnostic).split('\n')
  return [source.slice(source.indexOf('|') + 2), marks.slice(marks.indexOf('|') + 2)]
}

describe('the caret', () => {
  it('keeps tabs, so that it stands right at any tab width', () =>
    expect(excerptOf(at('\t\tkey\t= x', 9, 1))).toEqual(['\t\tkey\t= x', '\t\t   \t  ^']))
  it('is as wide as East Asian text and emoji', () => {
    expect(excerptOf(at('"日本" x', 6, 1))).toEqual(['"日本" x', '       ^'])
    expect(excerptOf(at('日本 = 1', 1, 2))).toEqual(['日本 = 1', '^^^^'])
    expect(excerptOf(at('😀 = 1', 1, 1))[1]).toBe('^^')
  })
  it('takes no column for a combining accent', () =>
    expect(excerptOf(at('e\u0301 = 1', 4, 1))[1]).toBe('  ^'))
  it('marks at least one column, even past the end', () => expect(excerptOf(at('a =', 4, 1))[1]).toBe('   ^'))
})

describe('hostile lines', () => {
  it('are cut around the place', () => {
    const [source, marks] = excerptOf(at(`${'a'.repeat(5_000)}X${'b'.repeat(5_000)}`, 5_001, 1))
    expect(source.length).toBeLessThan(250)
    expect(source.indexOf('X')).toBe(marks.indexOf('^'))
  })
  it('cannot drive the terminal', () => {
    const text = render(
      at('a\u001b[31m\u202eb\u0000\u009bc\ud800', 1, 1, {
        message: '\u001b]0;x\u0007bad',
        hint: '\u001b[2J!',
      }),
    )
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ud800]/)
  })
})

describe('renderDiagnostics', () => {
  it('shows message, line, hint and related places', () =>
    expect(
      render(
        at('need = 1', 1, 4, {
          hint: 'do this',
          related: [{ ...at('x = 1', 1, 1), line: 12, message: 'seen here' }],
        }),
      ),
    ).toMatchInlineSnapshot(`
      "s.toml:7:1: error: wrong
        7 | need = 1
          | ^^^^
        hint: do this
        s.toml:12:1: seen here
        12 | x = 1
           | -
      "
    `))
  it('shows a file without a place by its name alone', () =>
    expect(
      renderDiagnostics(
        [{ file: '/q/none.toml', line: 1, column: 1, length: 0, message: 'there is no such file' }],
        {
          cwd: '/p',
        },
      ),
    ).toMatchInlineSnapshot(`
      "/q/none.toml: error: there is no such file
      "
    `))
  it('paints on demand only', () => {
    const diagnostics = [at('need = 1', 1, 4)]
    expect(renderDiagnostics(diagnostics)).not.toContain('\u001b')
    expect(renderDiagnostics(diagnostics, { color: true })).toContain('\u001b[31m^^^^')
  })
  it('says how many it left out', () => {
    const many = Array.from({ length: 52 }, () => at('a', 1, 1))
    expect(renderDiagnostics(many)).toMatch(/\n… and 2 more errors\n$/)
    expect(renderDiagnostics(many, { limit: 52 })).not.toContain('more error')
  })
  it('says nothing about nothing', () => expect(renderDiagnostics([])).toBe(''))
})
