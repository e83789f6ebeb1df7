import { describe, expect, it } from 'vitest'
import { createChance } from '../kernel/test-chance.ts'
import { toByteText } from './bytes.ts'
import { type FileDiff, joinFile, parseDiff } from './parse-diff.ts'
import { makeDiff } from './test-support.ts'

const bytes = (text: string): string => toByteText(Buffer.from(text))

/** What the parts are, joined; and the files. */
function read(text: string): { joined: string; files: readonly FileDiff[]; tail: string } {
  const diff = parseDiff(text)
  return { joined: diff.files.map(joinFile).join('') + diff.tail, ...diff }
}

const outline = (text: string): unknown[] =>
  read(text).files.map(({ path, oldPath, hunks, binary }) => ({
    path,
    ...(oldPath === undefined ? {} : { oldPath }),
    hunks: hunks.length,
    ...(binary ? { binary } : {}),
  }))

const HUNK = '@@ -1,2 +1,2 @@\n-a\n+b\n c\n'

describe('the parts of a diff, joined', () => {
  it('are the diff, byte for byte, for diffs of every kind', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const text = makeDiff(createChance(seed))
      const { joined, files, tail } = read(text)
      expect(joined === text, `seed ${seed}`).toBe(true)
      expect(tail, `seed ${seed}`).toBe('')
      expect(files.flatMap(({ hunks }) => hunks).length, `seed ${seed}`).toBe(
        [...text.matchAll(/^@@ .*? @@ /gm)].length,
      )
    }
  })

  it('are the text also when it is cut off, or no diff at all', () => {
    const whole = makeDiff(createChance(7))
    for (let end = 0; end < Math.min(whole.length, 4_000); end += 13) {
      const text = whole.slice(0, end)
      expect(read(text).joined === text, `cut at ${end}`).toBe(true)
    }
    for (const text of [
      '',
      '\n',
      'hello\nworld',
      '--- a\n+++ b\n',
      '@@ -1 +1 @@\n',
      'diff --git \n',
      '\u00ff\u0000',
    ]) {
      expect(read(text).joined).toBe(text)
    }
  })
})

describe('the files of a diff', () => {
  it.each([
    [
      'a change',
      `diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n${HUNK}`,
      [{ path: 'x', hunks: 1 }],
    ],
    [
      'a name with blanks',
      `diff --git a/x y b/x y\nindex 1..2 100644\n--- a/x y\t\n+++ b/x y\t\n${HUNK}`,
      [{ path: 'x y', hunks: 1 }],
    ],
    [
      'a mode alone, of a name with blanks',
      'diff --git a/x b/y b/x b/y\nold mode 1\nnew mode 2\n',
      [{ path: 'x b/y', hunks: 0 }],
    ],
    [
      'quoted names',
      `diff --git "a/\\303\\244\\"\\t" "b/\\303\\244\\"\\t"\n--- "a/\\303\\244\\"\\t"\n+++ "b/\\303\\244\\"\\t"\n${HUNK}`,
      [{ path: 'ä"\t', hunks: 1 }],
    ],
    ['raw UTF-8 names', bytes(`diff --git a/ä b/ä\n--- a/ä\n+++ b/ä\n${HUNK}`), [{ path: 'ä', hunks: 1 }]],
    [
      'a renamed file without a change',
      'diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n',
      [{ path: 'new', oldPath: 'old', hunks: 0 }],
    ],
    [
      'a copy',
      `diff --git a/o b/n\nsimilarity index 90%\ncopy from o\ncopy to n\n--- a/o\n+++ b/n\n${HUNK}`,
      [{ path: 'n', oldPath: 'o', hunks: 1 }],
    ],
    [
      'a new file',
      'diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+a\n',
      [{ path: 'n', hunks: 1 }],
    ],
    [
      'an empty new file',
      'diff --git a/n b/n\nnew file mode 100644\nindex 0..e\n',
      [{ path: 'n', hunks: 0 }],
    ],
    [
      'a deleted file',
      'diff --git a/n b/n\ndeleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n',
      [{ path: 'n', hunks: 1 }],
    ],
    [
      'a binary file',
      'diff --git a/p b/p\nindex 1..2\nBinary files a/p and b/p differ\n',
      [{ path: 'p', hunks: 0, binary: true }],
    ],
    [
      'a binary patch, and the file after it',
      `diff --git a/p b/p\nindex 1..2\nGIT binary patch\nliteral 3\nKcmZ\n\nliteral 0\nHcmV\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n${HUNK}`,
      [
        { path: 'p', hunks: 0, binary: true },
        { path: 'x', hunks: 1 },
      ],
    ],
    [
      'a submodule',
      'diff --git a/sub b/sub\nindex 1..2 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n',
      [{ path: 'sub', hunks: 1 }],
    ],
    [
      'plain unified diffs',
      `--- x.orig\t2020-01-01 00:00:00\n+++ x\t2020-01-02 00:00:00\n${HUNK}--- y\n+++ y\n${HUNK}`,
      [
        { path: 'x', oldPath: 'x.orig', hunks: 1 },
        { path: 'y', hunks: 1 },
      ],
    ],
    [
      'a merge',
      'diff --cc m\nindex 1,2..3\n--- a/m\n+++ b/m\n@@@ -1,1 -1,1 +1,2 @@@\n- a\n -b\n++c\n++d\n',
      [{ path: 'm', hunks: 1 }],
    ],
    [
      'line ends of CRLF',
      `diff --git a/x b/x\r\n--- a/x\r\n+++ b/x\r\n${HUNK.replaceAll('\n', '\r\n')}`,
      [{ path: 'x', hunks: 1 }],
    ],
    [
      'removed lines that look like a header',
      'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/y\n-@@ -1 +1 @@\n+++ b/y\n+@@ -1 +1 @@\n@@ -9 +9 @@\n-a\n+b\n',
      [{ path: 'x', hunks: 2 }],
    ],
    [
      'empty lines of context without a blank',
      'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n@@ -9 +9 @@\n-a\n+b\n',
      [{ path: 'x', hunks: 2 }],
    ],
  ])('%s', (_what, text, files) => {
    expect(outline(text)).toEqual(files)
    expect(read(text).joined).toBe(text)
  })

  it('keeps the text between files with the file after it, and the rest as the tail', () => {
    const patch = `diff --git a/x b/x\n--- a/x\n+++ b/x\n${HUNK}`
    const text = `commit 1\n\n    first\n\n${patch}\ncommit 2\n\n${patch}-- \n2.39\n`
    const { files, tail } = read(text)
    expect(files.map(({ prose }) => prose)).toEqual(['commit 1\n\n    first\n\n', '\ncommit 2\n\n'])
    expect(tail).toBe('-- \n2.39\n')
  })

  it('takes no more lines into a hunk than its head promises', () => {
    const [file] = read(`--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n more\n`).files
    expect(file?.hunks[0]?.body).toBe('-a\n\\ No newline at end of file\n+b\n')
  })
})
