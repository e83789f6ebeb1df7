/**
 * A diff, taken apart into files and hunks without losing a byte: joined again in order, the parts are the diff. Reads
 * what git writes, combined diffs of merges, and plain unified diffs; what it does not know belongs to a header.
 */
import { type ByteText, splitLines } from './bytes.ts'
import { readGitLine, readName } from './diff-path.ts'

export interface Hunk {
  /** The `@@` line. */
  readonly head: ByteText
  /** The lines below it. */
  readonly body: ByteText
  /** First line and count of each side; undefined for a combined diff with more than two. */
  readonly old?: Span
  readonly new: Span
}

interface Span {
  readonly start: number
  readonly count: number
}

export interface FileDiff {
  /** Text that stands before the file's own header, e.g. a commit message of `git log -p`. */
  readonly prose: ByteText
  /** Everything up to the first hunk. */
  readonly header: ByteText
  readonly hunks: readonly Hunk[]
  /** `GIT binary patch` and what belongs to it. */
  readonly binaryPatch: ByteText
  /** The new name; of a deleted file, its old one. */
  readonly path: string
  /** Where it was renamed or copied from. */
  readonly oldPath?: string
  readonly binary: boolean
}

export interface Diff {
  readonly files: readonly FileDiff[]
  /** What stands behind the last file; all of the text when it is no diff. */
  readonly tail: ByteText
}

const GIT_START = /^diff --(?:git|cc|combined) /
const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/
const COMBINED_HUNK = /^@@@+ (?:-\d+(?:,\d+)? )+\+(\d+)(?:,(\d+))? @@@/
/** Lines that may stand in a header of git, between its first line and the first hunk. */
const HEADER_LINE =
  /^(?:index |old mode |new mode |mode |deleted file mode |new file mode |copy from |copy to |rename from |rename to |similarity index |dissimilarity index |--- |\+\+\+ |Binary files )/

/** Never throws: a text that is no diff has no files. */
export function parseDiff(text: ByteText): Diff {
  const lines = splitLines(text)
  const files: FileDiff[] = []
  let prose = ''
  let at = 0
  while (at < lines.length) {
    const end = startsFile(lines, at) ? readFile(lines, at, prose, files) : at
    if (end > at) {
      prose = ''
      at = end
    } else {
      prose += lines[at] ?? ''
      at += 1
    }
  }
  return { files, tail: prose }
}

/** The parts of a file, in the order in which they stand. */
export function joinFile({ prose, header, hunks, binaryPatch }: FileDiff): ByteText {
  return prose + header + hunks.map(({ head, body }) => head + body).join('') + binaryPatch
}

function startsFile(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? ''
  if (GIT_START.test(line)) return true
  return startsPlain(lines, at)
}

/** `--- a`, `+++ b`, `@@ …`: a plain unified diff, which has no line of its own to begin a file. */
function startsPlain(lines: readonly string[], at: number): boolean {
  const [minus = '', plus = '', hunk = ''] = lines.slice(at, at + 3)
  return minus.startsWith('--- ') && plus.startsWith('+++ ') && HUNK.test(hunk)
}

/** Adds the file that starts at this line. @returns the line after it. */
function readFile(lines: readonly string[], start: number, prose: string, files: FileDiff[]): number {
  const git = GIT_START.test(lines[start] ?? '')
  let at = start
  let header = ''
  do {
    header += lines[at] ?? ''
    at += 1
  } while (at < lines.length && (git ? HEADER_LINE.test(lines[at] ?? '') : at < start + 2))

  const hunks: Hunk[] = []
  let binaryPatch = ''
  if (/^GIT binary patch\r?$/m.test(lines[at] ?? '')) {
    while (at < lines.length && !GIT_START.test(lines[at] ?? '')) {
      binaryPatch += lines[at] ?? ''
      at += 1
    }
  }
  for (;;) {
    const hunk = readHunk(lines, at)
    if (hunk === undefined) break
    hunks.push(hunk.hunk)
    at = hunk.end
  }
  files.push({ prose, header, hunks, binaryPatch, ...describeHeader(header, binaryPatch !== '') })
  return at
}

function readHunk(lines: readonly string[], at: number): { hunk: Hunk; end: number } | undefined {
  const head = lines[at] ?? ''
  const plain = HUNK.exec(head)
  const combined = plain ? null : COMBINED_HUNK.exec(head)
  if (plain) {
    const [, oldStart, oldCount = '1', newStart, newCount = '1'] = plain
    const spans = { old: spanOf(oldStart, oldCount), new: spanOf(newStart, newCount) }
    const end = endOfHunk(lines, at + 1, spans.old.count, spans.new.count)
    return { hunk: { head, body: lines.slice(at + 1, end).join(''), ...spans }, end }
  }
  if (!combined) return undefined
  let end = at + 1
  while (end < lines.length && /^[ +\-\\]/.test(lines[end] ?? '')) end += 1
  const [, start, count = '1'] = combined
  return { hunk: { head, body: lines.slice(at + 1, end).join(''), new: spanOf(start, count) }, end }
}

const spanOf = (start = '0', count = '0'): Span => ({ start: Number(start), count: Number(count) })

/** By the counts of its head: a removed line may read `-- a`, and look like a header. */
function endOfHunk(lines: readonly string[], start: number, oldCount: number, newCount: number): number {
  let [at, old, added] = [start, oldCount, newCount]
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    // "\ No newline at end of file", in whatever language.
    if (line.startsWith('\\')) continue
    if (old <= 0 && added <= 0) break
    // With diff.suppressBlankEmpty an empty line of context has no blank.
    const mark = line === '\n' || line === '\r\n' ? ' ' : line[0]
    if (mark === '-') old -= 1
    else if (mark === '+') added -= 1
    else if (mark === ' ') [old, added] = [old - 1, added - 1]
    // The head promised more than there is: a diff edited by hand.
    else break
  }
  return at
}

function describeHeader(header: ByteText, hasPatch: boolean): Pick<FileDiff, 'path' | 'oldPath' | 'binary'> {
  const find = (pattern: RegExp): string | undefined => pattern.exec(header)?.[1]
  const named = (pattern: RegExp, prefix: boolean): string | undefined => {
    const field = find(pattern)
    return field === undefined ? undefined : readName(field, prefix)
  }
  const git = find(/^(diff --git .*)$/m)
  const [gitOld, gitNew] = git === undefined ? [] : readGitLine(git)
  const combined = named(/^diff --(?:cc|combined) (.*)$/m, false)
  const minus = named(/^--- (.*)$/m, true)
  const plus = named(/^\+\+\+ (.*)$/m, true)
  const from = named(/^(?:rename|copy) from (.*)$/m, false)
  const to = named(/^(?:rename|copy) to (.*)$/m, false)
  const path = to ?? plus ?? combined ?? minus ?? gitNew ?? gitOld ?? ''
  const oldPath = from ?? minus ?? gitOld
  return {
    path,
    ...(oldPath === undefined || oldPath === path ? {} : { oldPath }),
    binary: hasPatch || /^Binary files .* differ\r?$/m.test(header),
  }
}
