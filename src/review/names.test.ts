import { describe, expect, it } from 'vitest'
import { componentOf } from './components.ts'
import { isGenerated } from './generated.ts'
import { LABEL, toDistinctLabels, toLabel } from './names.ts'

describe('labels', () => {
  it.each([
    ['main..HEAD', 'main..HEAD'],
    ['HEAD~5..HEAD', 'HEAD-5..HEAD'],
    ['../../etc/passwd', 'etc-passwd'],
    ['a/b c\n', 'a-b-c'],
    ['..', 'review'],
    ['ä', 'review'],
    ['x'.repeat(200), 'x'.repeat(80)],
  ])('%j becomes %j', (text, label) => {
    expect(toLabel(text)).toBe(label)
    expect(label).toMatch(LABEL)
  })

  it.each(['', '.x', '-x', 'a/b', 'a_b', 'a b', '..', 'x'.repeat(81)])('%j is none', (text) => {
    expect(text).not.toMatch(LABEL)
  })

  it('are told apart, also where letter case is not', () => {
    const labels = toDistinctLabels([
      'src/a',
      'src a',
      'SRC-A',
      'src-a.2',
      `${'x'.repeat(90)}1`,
      `${'x'.repeat(90)}2`,
    ])
    expect(new Set(labels.map((label) => label.toLowerCase())).size).toBe(6)
    expect(labels.slice(0, 3)).toEqual(['src-a', 'src-a.2', 'SRC-A.3'])
  })
})

describe('componentOf', () => {
  const prefixes = new Map([
    ['kit', ['lakehouse/kit/', 'src/kernel/']],
    ['daemons', ['lakehouse/']],
  ])
  it.each([
    ['lakehouse/kit/app.ts', 1, 'kit'],
    ['lakehouse/chatd/app.ts', 1, 'daemons'],
    ['src/kernel/text.ts', 1, 'kit'],
    ['src/host/a/b.ts', 1, 'src'],
    ['src/host/a/b.ts', 2, 'src/host'],
    ['src/main.ts', 2, 'src'],
    ['README.md', 2, 'top'],
  ])('%s with depth %d: %s', (path, depth, component) => {
    expect(componentOf(path, { prefixes, depth })).toBe(component)
  })
})

it.each([
  ['package-lock.json', true],
  ['deep/down/Cargo.lock', true],
  ['web/app.min.js', true],
  ['test/x.test.ts.snap', true],
  ['dist/a/b', true],
  ['schema.json', true],
  ['src/lock.ts', false],
  ['mydist/a', false],
  ['package.json', false],
  ['other/schema.json', false],
])('isGenerated %s: %s', (path, generated) => {
  expect(isGenerated(path, ['dist/', 'schema.json'])).toBe(generated)
})
