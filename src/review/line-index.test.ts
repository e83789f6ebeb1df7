import { expect, it } from 'vitest'
import { indexLines } from './line-index.ts'
import { parseDiff } from './parse-diff.ts'

const DIFF = `diff --git a/new b/new
--- a/new
+++ b/new
@@ -10,3 +20,2 @@
 a
-b
 c
diff --git a/was b/is
similarity index 90%
rename from was
rename to is
--- a/was
+++ b/is
@@ -1 +1 @@
-a
+b
diff --git a/was b/was
new file mode 100644
--- /dev/null
+++ b/was
@@ -0,0 +1,2 @@
+a
+b
diff --git a/m b/m
old mode 100644
new mode 100755
`

it.each([
  ['new', 20, 20, { path: 'new', anchor: 'line' }],
  ['new', 21, 21, { path: 'new', anchor: 'line' }],
  ['new', 22, 22, { path: 'new', anchor: 'file' }],
  ['new', 12, 12, { path: 'new', anchor: 'line' }],
  ['new', 13, 19, { path: 'new', anchor: 'file' }],
  ['new', 13, 20, { path: 'new', anchor: 'line' }],
  ['new', 0, 0, { path: 'new', anchor: 'line' }],
  ['b/new', 20, 20, { path: 'new', anchor: 'line' }],
  ['./new', 20, 20, { path: 'new', anchor: 'line' }],
  ['is', 1, 1, { path: 'is', anchor: 'line' }],
  // The old name is that of another file by now.
  ['was', 2, 2, { path: 'was', anchor: 'line' }],
  ['m', 1, 1, { path: 'm', anchor: 'file' }],
  ['gone', 1, 1, { path: 'gone', anchor: 'nowhere' }],
  ['constructor', 0, 0, { path: 'constructor', anchor: 'nowhere' }],
] as const)('%s:%d-%d is %j', (path, line, endLine, found) => {
  expect(indexLines(parseDiff(DIFF)).find(path, line, endLine)).toEqual(found)
})

it('the old name of a renamed file means the new one, where no other file has it', () => {
  const diff = 'diff --git a/o b/n\nsimilarity index 100%\nrename from o\nrename to n\n'
  expect(indexLines(parseDiff(diff)).find('o', 0, 0)).toEqual({ path: 'n', anchor: 'line' })
})
