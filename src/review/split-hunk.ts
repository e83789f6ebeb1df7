/**
 * A hunk that is larger than a bundle, in pieces that are hunks themselves: cut between lines, each with a head of its
 * own whose line numbers are right. Their bodies, joined, are the body of the hunk.
 */
import { type ByteText, sentSize, splitLines } from './bytes.ts'
import type { Hunk } from './parse-diff.ts'

export interface Piece {
  /** The `@@` line as it is sent; the hunk's own when it is in one piece. */
  readonly head: ByteText
  readonly body: ByteText
}

/**
 * @param most bytes of one piece, head included.
 * @returns undefined when a line alone is too large for a piece, or a hunk of a merge, which has no simple head, is.
 */
export function splitHunk(hunk: Hunk, most: number): readonly Piece[] | undefined {
  if (sentSize(hunk.head) + sentSize(hunk.body) <= most) return [hunk]
  if (hunk.old === undefined) return undefined
  const heading = hunk.head.replace(/^@@ [^@]*@@/, '')
  const pieces: Piece[] = []
  const whole = { old: hunk.old, new: hunk.new }
  let position = { old: hunk.old.start, new: hunk.new.start }
  let current = ''
  let size = 0
  const close = (): void => {
    const taken = countSides(current)
    const span = (side: 'old' | 'new'): string => {
      const [start, count] = [position[side], taken[side]]
      if (count === 1) return `${start}`
      // A side without lines is named by the line before it.
      return count === 0 && whole[side].count > 0 ? `${start - 1},0` : `${start},${count}`
    }
    const head = `@@ -${span('old')} +${span('new')} @@${heading}`
    pieces.push({ head, body: current })
    position = { old: position.old + taken.old, new: position.new + taken.new }
    current = ''
    size = 0
  }
  // Generous: the longest head that the numbers of any file can give.
  const room = most - sentSize(heading) - 80
  for (const line of groupLines(hunk.body)) {
    const bytes = sentSize(line)
    if (bytes > room) return undefined
    if (size + bytes > room) close()
    current += line
    size += bytes
  }
  close()
  return pieces
}

/** Lines, each with the remark "\ No newline at end of file" that belongs to it. */
function groupLines(body: ByteText): ByteText[] {
  const groups: ByteText[] = []
  for (const line of splitLines(body)) {
    const last = groups.at(-1)
    if (line.startsWith('\\') && last !== undefined) groups[groups.length - 1] = last + line
    else groups.push(line)
  }
  return groups
}

function countSides(body: ByteText): { old: number; new: number } {
  const count = { old: 0, new: 0 }
  for (const line of splitLines(body)) {
    if (line.startsWith('\\')) continue
    if (!line.startsWith('+')) count.old += 1
    if (!line.startsWith('-')) count.new += 1
  }
  return count
}
