/** Which run is the evidence, and its ledger: read from its directory, or rebuilt from its journal when it was killed. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { hasCode, messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { didYouMean } from '../kernel/text.ts'
import { rebuildVerdict } from '../ledger/journal.ts'
import { type LedgerDocument, parseLedgerJson } from '../ledger/json.ts'
import { renderLedgerJson } from '../ledger/json-document.ts'
import { isAlive, listRuns, OWNER_FILE } from '../ledger/prune-runs.ts'

export interface FoundRun {
  readonly id: string
  /** Absolute. */
  readonly dir: string
  readonly ledger: LedgerDocument
}

export interface LastRun {
  /** Absent: there is none. */
  readonly run?: FoundRun
  readonly notes: readonly string[]
}

/** The whole declared chain was asked for. */
export const isWhole = ({ ledger }: FoundRun): boolean => ledger.rows.length === ledger.chain.length

/**
 * The last run of this stack that was asked for the whole chain; where there is none, the last run of a part of it. A run
 * that still goes on is no evidence yet.
 *
 * @param logs folder of run directories (`runs/` in it).
 */
export function findLastRun(logs: string, stackFile: string): LastRun {
  const notes: string[] = []
  let part: FoundRun | undefined
  for (const id of listAll(logs).toReversed()) {
    const dir = join(logs, 'runs', id)
    if (isGoingOn(dir)) continue
    const ledger = readLedger(dir)
    if (!ledger.ok) {
      notes.push(`run ${id} cannot be used: ${ledger.error}`)
      continue
    }
    if (resolve(ledger.value.stack.file) !== resolve(stackFile)) continue
    const found = { id, dir, ledger: ledger.value }
    if (!isWhole(found)) {
      part ??= found
      continue
    }
    if (part) notes.push(`a newer run of a part of the chain is there: --run ${part.id}`)
    return { run: found, notes }
  }
  return { ...(part && { run: part }), notes }
}

/** The run that is named: its id, its directory, or `latest`. The error is one line. */
export function readNamedRun(logs: string, name: string): Result<FoundRun, string> {
  const dir = name === 'latest' || !/[/\\]/.test(name) ? inLogs(logs, name) : resolve(name)
  if (!existsSync(dir)) {
    const known = listAll(logs)
    return err(`there is no run "${name}"${didYouMean(name, known)} (known: ${tellSome(known)})`)
  }
  const ledger = readLedger(dir)
  if (!ledger.ok) return err(`run ${name} cannot be used: ${ledger.error}`)
  return ok({ id: ledger.value.run || basename(dir), dir, ledger: ledger.value })
}

const inLogs = (logs: string, name: string): string =>
  name === 'latest' ? join(logs, 'latest') : join(logs, 'runs', name)

const tellSome = (ids: readonly string[]): string =>
  ids.length === 0 ? 'none; make one: smokechain verify' : ids.slice(-3).join(', ')

function listAll(logs: string): string[] {
  try {
    return listRuns(join(logs, 'runs'))
  } catch (error) {
    // Nothing was ever run here.
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

function isGoingOn(dir: string): boolean {
  if (existsSync(join(dir, 'ledger.json'))) return false
  try {
    const owner: unknown = JSON.parse(readFileSync(join(dir, OWNER_FILE), 'utf8'))
    return isOwner(owner) && isAlive(owner)
  } catch (error) {
    // Nobody says that it is theirs.
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return false
    throw error
  }
}

const isOwner = (value: unknown): value is { pid: number; since: string } =>
  typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number'

/** The ledger of a run's directory, absolute or not. The error is the end of a sentence. */
export function readLedger(dir: string): Result<LedgerDocument, string> {
  const path = isAbsolute(dir) ? dir : resolve(dir)
  try {
    const file = join(path, 'ledger.json')
    if (existsSync(file)) return ok(parseLedgerJson(readFileSync(file, 'utf8')))
    return ok(parseLedgerJson(renderLedgerJson(rebuildVerdict(join(path, 'journal.jsonl')))))
  } catch (error) {
    // A directory of a run that never began, or files that somebody has damaged: whichever it is, it is told.
    return err(hasCode(error, 'ENOENT') ? 'it has neither ledger nor journal' : messageOf(error))
  }
}
