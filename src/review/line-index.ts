/** Where a finding points: whether the diff holds that line. */
import type { Diff } from './parse-diff.ts'
import type { Anchor } from './types.ts'

export interface LineIndex {
  /** The file's name in the diff (its new one, where it was renamed) and how well the place is met. */
  find(path: string, line: number, endLine: number): { readonly path: string; readonly anchor: Anchor }
}

interface Entry {
  readonly path: string
  readonly spans: { readonly first: number; readonly last: number }[]
}

/** Lines of either side count, for a finding may be about a line that was removed. */
export function indexLines(diff: Diff): LineIndex {
  const entries = new Map<string, Entry>()
  for (const { path, hunks } of diff.files) {
    const entry = entries.get(path) ?? { path, spans: [] }
    entries.set(path, entry)
    for (const hunk of hunks) {
      for (const span of [hunk.old, hunk.new]) {
        if (span && span.count > 0) entry.spans.push({ first: span.start, last: span.start + span.count - 1 })
      }
    }
  }
  // Afterwards: the old name may be that of another file by now.
  for (const { path, oldPath } of diff.files) {
    const entry = entries.get(path)
    if (entry && oldPath !== undefined && !entries.has(oldPath)) entries.set(oldPath, entry)
  }
  return {
    find(path, line, endLine) {
      // As diffs write names, and as people do.
      const spellings = [path, path.replace(/^[ab]\//, ''), path.replace(/^\.\//, '')]
      const entry = spellings.map((each) => entries.get(each)).find((found) => found !== undefined)
      if (entry === undefined) return { path, anchor: 'nowhere' }
      const met = line === 0 || entry.spans.some(({ first, last }) => line <= last && endLine >= first)
      return { path: entry.path, anchor: met ? 'line' : 'file' }
    },
  }
}
