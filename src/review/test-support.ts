/** For tests: diffs by chance that can be had again, and answers in the strict form. */
import type { ByteText } from './bytes.ts'
import type { AnswerRow, Finding } from './types.ts'

const NAMES = [
  'src/a.ts',
  'src/with blank.ts',
  'lib/deep/down/x.c',
  '"lib/quo\\"te\\\\.txt"',
  '"docs/\\303\\244\\nline.md"',
  'top.txt',
  'package-lock.json',
  '-- a/tricky',
]
/** Lines that look like headers, once their mark is before them; bytes that are no UTF-8; CRLF. */
const LINES = [
  '',
  '- a/fake',
  '++ b/fake',
  'diff --git a/x b/x',
  '@@ -1,3 +1,3 @@',
  'SEVERITY: high',
  '\u00c3\u00a4 \u00ff\u00fe',
  'ends in CR\r',
  'tab\there',
  'x'.repeat(700),
]

/** A diff as git could write it, with all that is awkward in one. */
export function makeDiff(random: () => number): ByteText {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const upTo = (most: number): number => Math.floor(random() * (most + 1))
  const file = (): ByteText => {
    const name = pick(NAMES)
    const field = (side: 'a' | 'b'): string =>
      name.startsWith('"') ? `"${side}/${name.slice(1)}` : `${side}/${name}`
    const head = `diff --git ${field('a')} ${field('b')}\n`
    const kind = random()
    if (kind < 0.1) return `${head}old mode 100644\nnew mode 100755\n`
    if (kind < 0.2) return `${head}similarity index 100%\nrename from ${name}\nrename to ${name}2\n`
    if (kind < 0.3) return `${head}index 1..2 100644\nBinary files ${field('a')} and ${field('b')} differ\n`
    const blank = name.includes(' ') ? '\t' : ''
    const names = `--- ${field('a')}${blank}\n+++ ${field('b')}${blank}\n`
    let start = 1
    const hunks = Array.from({ length: 1 + upTo(5) }, () => {
      start += upTo(50)
      return makeHunk(
        start,
        1 + upTo(random() < 0.1 ? 200 : 20),
        () => pick([' ', '+', '-']),
        () => pick(LINES),
        random,
      )
    })
    return `${head}index 1..2 100644\n${names}${hunks.join('')}`
  }
  return Array.from({ length: 1 + upTo(12) }, file).join('')
}

function makeHunk(
  start: number,
  length: number,
  mark: () => string,
  content: () => string,
  random: () => number,
): ByteText {
  const lines = Array.from({ length }, () => mark() + content())
  const old = lines.filter((line) => !line.startsWith('+')).length
  const added = lines.filter((line) => !line.startsWith('-')).length
  const side = (count: number): string =>
    count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`
  const end = random() < 0.2 ? '\n\\ No newline at end of file\n' : '\n'
  return `@@ -${side(old)} +${side(added)} @@ ${random() < 0.5 ? 'function f() {' : ''}\n${lines.join('\n')}${end}`
}

/** One block of the strict form. */
export const block = (
  severity: string,
  where: string,
  what = 'it is wrong',
  why = 'somebody is hurt',
): string => `SEVERITY: ${severity}\nWHERE: ${where}\nWHAT: ${what}\nWHY: ${why}\n\n`

/** A row of a reviewer that answered with these findings: severity, path, line. */
export function rowOf(
  reviewer: string,
  lineage: string,
  found: readonly (readonly [Finding['severity'], string, number])[],
  more: Partial<AnswerRow> = {},
): AnswerRow {
  return {
    bundle: 'all',
    reviewer,
    lineage,
    model: `hub/${reviewer}`,
    status: 'answered',
    verdict: 'ship',
    latencyMs: 10,
    findings: found.map(([severity, path, line]) => ({
      severity,
      path,
      line,
      endLine: line,
      what: `${reviewer} says so`,
      why: 'it is so',
      anchor: 'line',
    })),
    unparsed: [],
    redacted: 0,
    file: `verdicts/all_${reviewer}.md`,
    ...more,
  }
}
