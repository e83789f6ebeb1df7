/** The first pass over an input: is it well formed, how many rows has it, and what can each column be? */
import { type Format, readRows } from './rows.ts'
import { ANY_TYPE, type Column, chooseType, fits, LAST_RESORT, maskOfJson, maskOfText } from './types.ts'

export interface ProfiledColumn {
  readonly name: string
  /** The types that hold every value of the column without loss (`types.ts`). */
  readonly mask: number
}

export interface Profile {
  readonly rows: number
  /** In order of first appearance. */
  readonly columns: readonly ProfiledColumn[]
}

/** Reads the whole input. Throws 400 with the line at the first thing that is wrong. */
export async function profileInput(format: Format, path: string): Promise<Profile> {
  const maskOf = format === 'csv' ? maskOfText : maskOfJson
  const lastResort = LAST_RESORT[format]
  const masks: number[] = []
  let rows = 0
  const names = await readRows(format, path, (cells) => {
    rows += 1
    for (let index = 0; index < cells.length; index += 1) {
      const cell = cells[index]
      if (cell === null || cell === undefined) continue
      const mask = masks[index] ?? ANY_TYPE
      if (mask !== lastResort) masks[index] = mask & maskOf(cell)
    }
  })
  return { rows, columns: names.map((name, index) => ({ name, mask: masks[index] ?? ANY_TYPE })) }
}

/** How a column of the file and a column of the dataset differ. */
export interface ColumnDifference {
  readonly name: string
  /** Spelled as catalogd spells it: both refuse drift in the same words. */
  readonly change: 'added' | 'removed' | 'changed'
  /** The dataset's type; null when the dataset has no such column. */
  readonly expected: string | null
  /** The file's type; null when the file has no such column. */
  readonly received: string | null
}

export type Fit =
  | { readonly ok: true; readonly columns: readonly Column[] }
  | { readonly ok: false; readonly differences: readonly ColumnDifference[] }

/** The types of a dataset's first file. */
export function inferColumns(profile: Profile): readonly Column[] {
  return profile.columns.map(({ name, mask }) => ({ name, type: chooseType(mask) }))
}

/**
 * Fits a further file into the dataset's columns: the same names, in any order, and each value held by the
 * dataset's type without loss. A column without values fits every type.
 */
export function fitColumns(
  profile: Profile,
  expected: readonly { readonly name: string; readonly type: string }[],
): Fit {
  const own = new Map(profile.columns.map((column) => [column.name, column.mask]))
  const columns: Column[] = []
  const differences: ColumnDifference[] = []
  for (const { name, type } of expected) {
    const mask = own.get(name)
    own.delete(name)
    if (mask !== undefined && fits(mask, type)) columns.push({ name, type })
    else if (mask === undefined) {
      differences.push({ name, change: 'removed', expected: type, received: null })
    } else {
      differences.push({ name, change: 'changed', expected: type, received: chooseType(mask) })
    }
  }
  for (const [name, mask] of own) {
    differences.push({ name, change: 'added', expected: null, received: chooseType(mask) })
  }
  return differences.length === 0 ? { ok: true, columns } : { ok: false, differences }
}
