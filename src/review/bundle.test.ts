import { describe, expect, it } from 'vitest'
import { createChance } from '../kernel/test-chance.ts'
import { type PlanOptions, planBundles } from './bundle.ts'
import { decode } from './bytes.ts'
import { parseDiff } from './parse-diff.ts'
import { restoreDiff } from './restore-diff.ts'
import { makeDiff } from './test-support.ts'

const plan = (text: string, o: Partial<PlanOptions> = {}) =>
  planBundles(parseDiff(text), {
    mostBytes: 4_000,
    components: { prefixes: new Map(), depth: 1 },
    generated: [],
    ...o,
  })

const fileOf = (path: string, ...hunks: readonly string[]): string =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${hunks.join('')}`
const hunkAt = (line: number, length = 10): string => `@@ -${line} +${line} @@\n-${'a'.repeat(length)}\n+b\n`
const newFile = (path: string, lines: readonly string[]): string =>
  `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`

describe('the bundles and what was left out', () => {
  it('add up to the diff, byte for byte, and none is too large, whatever the limit', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = createChance(seed)
      const text = makeDiff(random)
      const mostBytes = 300 + Math.floor(random() * 6_000)
      const made = plan(text, { mostBytes })
      expect(restoreDiff(made) === text, `seed ${seed}`).toBe(true)
      for (const { text: sent, bytes } of made.bundles) {
        expect(bytes, `seed ${seed}`).toBeLessThanOrEqual(mostBytes)
        expect(bytes, `seed ${seed}`).toBe(Buffer.byteLength(decode(sent)))
      }
    }
  })

  it('are not taken to add up when a byte of a bundle is missing or changed', () => {
    const text = makeDiff(createChance(3))
    const made = plan(text)
    const [first, ...others] = made.bundles
    if (first === undefined) throw new Error('there is no bundle')
    const tampered = { ...first, text: first.text.replace(/.$/s, 'X') }
    expect(restoreDiff({ ...made, bundles: [tampered, ...others] })).not.toBe(text)
    expect(restoreDiff({ ...made, bundles: others })).not.toBe(text)
    expect(() => restoreDiff({ ...made, bundles: [first, ...made.bundles] })).toThrow('twice')
    expect(() =>
      restoreDiff({ ...made, bundles: [{ ...first, text: `${first.text}X` }, ...others] }),
    ).toThrow('part of nothing')
  })
})

describe('planBundles', () => {
  it('makes a bundle of each component, in the order of the diff', () => {
    const text =
      fileOf('src/a', hunkAt(1)) +
      fileOf('lib/b', hunkAt(1)) +
      fileOf('src/c', hunkAt(1)) +
      fileOf('top', hunkAt(1))
    expect(plan(text).bundles.map(({ name, text: sent }) => [name, sent])).toEqual([
      ['src', fileOf('src/a', hunkAt(1)) + fileOf('src/c', hunkAt(1))],
      ['lib', fileOf('lib/b', hunkAt(1))],
      ['top', fileOf('top', hunkAt(1))],
    ])
  })

  it('numbers the bundles of a component that takes several, and tears no file that fits into one', () => {
    const [one, two] = [fileOf('s/1', hunkAt(1, 600)), fileOf('s/2', hunkAt(1, 600))]
    expect(plan(one + two, { mostBytes: 1_000 }).bundles.map(({ name, text }) => [name, text])).toEqual([
      ['s-1', one],
      ['s-2', two],
    ])
  })

  it('splits a file that is too large by hunks, and says its header in each bundle', () => {
    const text = fileOf('s/x', hunkAt(1, 400), hunkAt(50, 400), hunkAt(90, 400))
    const { bundles, leftOut } = plan(text, { mostBytes: 1_000 })
    expect(bundles.map((bundle) => bundle.text)).toEqual([
      fileOf('s/x', hunkAt(1, 400), hunkAt(50, 400)),
      fileOf('s/x', hunkAt(90, 400)),
    ])
    expect(leftOut).toEqual([])
  })

  it('splits a hunk that is too large by lines, with heads that are right', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `${n + 1}`.padEnd(50, '.'))
    const text = newFile('s/new', lines)
    const { bundles, leftOut } = plan(text, { mostBytes: 800 })
    expect(leftOut).toEqual([])
    expect(bundles.map(({ text: sent }) => /^@@.*/m.exec(sent)?.[0])).toEqual([
      '@@ -0,0 +1,12 @@',
      '@@ -0,0 +13,12 @@',
      '@@ -0,0 +25,6 @@',
    ])
    // What each bundle says of line numbers is what a parser reads out of it.
    for (const { text: sent } of bundles) expect(parseDiff(sent).tail).toBe('')
    expect(restoreDiff(plan(text, { mostBytes: 800 }))).toBe(text)
  })

  it('counts both sides of a mixed hunk that it splits', () => {
    const body = Array.from({ length: 12 }, (_, n) => ` ${`c${n}`.padEnd(40)}\n-${'o'.repeat(40)}\n`).join('')
    const text = `diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -10,24 +20,12 @@ class A {\n${body}`
    const heads = plan(text, { mostBytes: 500 }).bundles.map(({ text: sent }) => /^@@.*/m.exec(sent)?.[0])
    expect(heads[0]).toBe('@@ -10,8 +20,4 @@ class A {')
    expect(heads[1]).toBe('@@ -18,8 +24,4 @@ class A {')
    expect(heads).toHaveLength(3)
  })

  it('names a side without lines, of a piece, by the line before it', () => {
    const line = (mark: string, n: number): string => `${mark}${`${n}`.padEnd(40, '.')}\n`
    const body =
      [...Array(4).keys()].map((n) => line(' ', n)).join('') +
      [...Array(12).keys()].map((n) => line('-', n)).join('')
    const text = `diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -10,16 +20,4 @@\n${body}`
    const heads = plan(text, { mostBytes: 300 }).bundles.map(({ text: sent }) => /^@@.*/m.exec(sent)?.[0])
    expect(heads).toEqual([
      '@@ -10,4 +20,4 @@',
      '@@ -14,4 +23,0 @@',
      '@@ -18,4 +23,0 @@',
      '@@ -22,4 +23,0 @@',
    ])
  })

  it('never parts a line from the remark that it has no line end', () => {
    const lines = Array.from({ length: 12 }, (_, n) => `+${`${n}`.padEnd(40, '.')}\n`).join('')
    const text = `diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1,12 @@\n${lines}\\ No newline at end of file\n`
    for (let mostBytes = 250; mostBytes < 700; mostBytes += 1) {
      const made = plan(text, { mostBytes })
      expect(restoreDiff(made)).toBe(text)
      for (const { text: sent } of made.bundles) expect(sent).not.toMatch(/^@@.*\n\\/m)
    }
  })

  it('leaves out a hunk with a line that is larger than a bundle, names it, and sends the rest', () => {
    const [small, large] = [hunkAt(1), hunkAt(50, 5_000)]
    const { bundles, leftOut } = plan(fileOf('s/x', small, large))
    expect(bundles.map((bundle) => bundle.text)).toEqual([fileOf('s/x', small)])
    expect(leftOut).toMatchObject([{ path: 's/x', reason: 'too-large', hunk: 1, text: large }])
  })

  it('leaves out a file whose very name is larger than a bundle, and names it', () => {
    const text = fileOf(`s/${'n'.repeat(3_000)}`, hunkAt(1)) + fileOf('s/x', hunkAt(1))
    const made = plan(text)
    expect(made.bundles.map((bundle) => bundle.text)).toEqual([fileOf('s/x', hunkAt(1))])
    expect(made.leftOut.map(({ reason, hunk }) => [reason, hunk])).toEqual([
      ['too-large', 'header'],
      ['too-large', 0],
    ])
    expect(restoreDiff(made)).toBe(text)
  })

  it('leaves out what is generated, by name or because it is named, and sends its header', () => {
    const text =
      fileOf('package-lock.json', hunkAt(1)) + fileOf('dist/x.js', hunkAt(1)) + fileOf('a.js', hunkAt(1))
    const { bundles, leftOut } = plan(text, { generated: ['dist/'] })
    expect(leftOut.map(({ path, reason }) => [path, reason])).toEqual([
      ['package-lock.json', 'generated'],
      ['dist/x.js', 'generated'],
    ])
    expect(bundles.map((bundle) => bundle.text)).toEqual([
      fileOf('package-lock.json') + fileOf('a.js', hunkAt(1)),
      fileOf('dist/x.js'),
    ])
  })

  it('sends modes, renames and the names of binary files', () => {
    const text = [
      'diff --git a/x b/x\nold mode 100644\nnew mode 100755\n',
      'diff --git a/o b/n\nsimilarity index 100%\nrename from o\nrename to n\n',
      'diff --git a/p b/p\nindex 1..2\nBinary files a/p and b/p differ\n',
    ].join('')
    expect(plan(text).bundles.map((bundle) => bundle.text)).toEqual([text])
  })

  it('leaves out a binary patch, and sends its header', () => {
    const header = 'diff --git a/p b/p\nindex 1..2 100644\n'
    const { bundles, leftOut } = plan(`${header}GIT binary patch\nliteral 3\nKcmZ\n\n`)
    expect(bundles.map((bundle) => bundle.text)).toEqual([header])
    expect(leftOut).toMatchObject([{ path: 'p', reason: 'binary', hunk: 'patch' }])
  })

  it('counts a byte that is no UTF-8 as the three that are sent for it', () => {
    const text = fileOf('s/x', `@@ -1 +1 @@\n-${'\u00ff'.repeat(1_000)}\n+b\n`, hunkAt(9, 1_000))
    const made = plan(text, { mostBytes: 3_500 })
    expect(made.bundles).toHaveLength(2)
    expect(restoreDiff(made)).toBe(text)
  })
})
