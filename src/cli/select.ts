/** Which smokes of the declared chain a command line asks for. */
import { err, ok, type Result } from '../kernel/result.ts'
import { unknownName } from './names.ts'

export interface Selection {
  /** Names, each possibly several joined by commas. */
  readonly only?: readonly string[]
  readonly from?: string
}

/** @returns names in chain order, or one line for each name that the chain does not have. */
export function selectSmokes(
  chain: readonly string[],
  selection: Selection,
): Result<readonly string[], readonly string[]> {
  const only = selection.only?.flatMap((names) => names.split(',')).filter((name) => name !== '')
  const asked = [...(only ?? []), ...(selection.from === undefined ? [] : [selection.from])]
  const unknown = asked.filter((name) => !chain.includes(name))
  if (unknown.length > 0) return err(unknown.map((name) => unknownName('smoke', name, chain)))
  if (only) return ok(chain.filter((name) => only.includes(name)))
  if (selection.from !== undefined) return ok(chain.slice(chain.indexOf(selection.from)))
  return ok(chain)
}
