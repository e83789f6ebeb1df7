/** Two bodies side by side, for a terminal of so many columns. */
import { count } from '../kernel/text.ts'
import { widthOf } from '../stack/diagnostic.ts'
import { ABSENT } from './diff-shape.ts'
import type { Paint } from './paint.ts'
import type { BodyView, ViewRow } from './types.ts'

const LONGEST_KEY = 20
/** Between columns. */
const GAP = '  '

/** @param columns of the terminal, at least 40. */
export function renderView(view: BodyView, columns: number, paint: Paint): string[] {
  const keyWidth = Math.min(LONGEST_KEY, Math.max(0, ...view.rows.map(({ key }) => columnsOf(key))))
  const fixed = 2 + (keyWidth > 0 ? keyWidth + GAP.length : 0) + GAP.length
  const width = Math.max(10, Math.floor((columns - fixed) / 2))
  const lead = (mark: string, key: string): string =>
    `${mark} ${keyWidth > 0 ? pad(cut(key, keyWidth), keyWidth) + GAP : ''}`
  const head = `${lead(' ', '')}${'left'.padEnd(width)}${GAP}right`
  const { equal, differing } = view.omitted
  const left = [
    ...(differing > 0 ? [count(differing, 'more that differs', 'more that differ')] : []),
    ...(equal > 0 ? [count(equal, 'more that is equal', 'more that are equal')] : []),
  ]
  return [
    paint.dim(`at ${view.at}`),
    paint.dim(head),
    ...view.rows.map((row) => renderRow(row, width, lead, paint)),
    ...(left.length > 0 ? [paint.dim(`  … ${left.join(', ')}`)] : []),
  ]
}

function renderRow(
  row: ViewRow,
  width: number,
  lead: (mark: string, key: string) => string,
  paint: Paint,
): string {
  const [left, right] = cutPair(row, width)
  const line = `${lead(row.differs ? '≠' : ' ', row.key)}${pad(left, width)}${GAP}${right}`.trimEnd()
  return row.differs ? paint.bad(line) : line
}

/** Both cells cut to the width; where they agree for longer than that, from where they differ. */
function cutPair({ left, right, differs }: ViewRow, width: number): readonly [string, string] {
  const [l, r] = [left ?? ABSENT, right ?? ABSENT]
  let same = 0
  while (same < l.length && l[same] === r[same]) same += 1
  const skip =
    differs && left !== null && right !== null && same > width - 6 ? same - Math.floor(width / 3) : 0
  const part = (text: string) => cut(skip > 0 ? `…${text.slice(skip)}` : text, width)
  return [part(l), part(r)]
}

/** Columns that a text takes on a terminal. */
const columnsOf = (text: string): number => [...text].reduce((sum, one) => sum + widthOf(one), 0)

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - columnsOf(text)))

/** At most so many columns, the last of them `…` if there was more. */
export function cut(text: string, width: number): string {
  if (columnsOf(text) <= width) return text
  let kept = ''
  let used = 1
  for (const character of text) {
    used += widthOf(character)
    if (used > width) break
    kept += character
  }
  return `${kept}…`
}
