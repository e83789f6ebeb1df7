/** Which run is meant: an id, the beginning of one, a folder, or `latest`. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { err, ok, type Result } from '../kernel/result.ts'
import { count, didYouMean } from '../kernel/text.ts'
import { listRuns } from '../ledger/prune-runs.ts'

/** How many ids an error names. */
const SHOWN = 5

/**
 * @param named as it was given.
 * @param logs the folder that holds `runs/` and `latest`.
 * @param cwd what a relative folder counts from.
 * @returns the run's directory, or what is wrong in words.
 */
export function findRun(named: string, logs: string, cwd: string): Result<string, string> {
  const runs = join(logs, 'runs')
  if (named === 'latest') {
    const latest = join(logs, 'latest')
    if (existsSync(join(latest, 'journal.jsonl'))) return ok(realpathSync(latest))
    const newest = idsIn(runs).findLast((id) => hasJournal(join(runs, id)))
    return newest === undefined
      ? err(`there is no run in ${runs}: run "verify" first`)
      : ok(join(runs, newest))
  }
  const folder = resolve(cwd, named)
  if (named.includes('/') || existsSync(join(folder, 'journal.jsonl'))) return readFolder(folder)
  const ids = idsIn(runs)
  if (ids.includes(named)) return readFolder(join(runs, named))
  const matching = ids.filter((id) => id.startsWith(named) || partOf(id).startsWith(named))
  const [only, ...more] = matching
  if (only === undefined) return err(nothingNamed(named, runs, ids))
  if (more.length > 0) {
    const shown = matching.slice(-SHOWN).join(', ')
    return err(`"${named}" is the beginning of ${count(matching.length, 'run')}: ${shown}; write more of it`)
  }
  return readFolder(join(runs, only))
}

/** The runs beside this one that came before it, newest first. */
export function runsBefore(dir: string): string[] {
  const runs = dirname(dir)
  const own = basename(dir)
  return idsIn(runs)
    .filter((id) => id < own && hasJournal(join(runs, id)))
    .reverse()
    .map((id) => join(runs, id))
}

function readFolder(folder: string): Result<string, string> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return err(`there is no folder ${folder}`)
  if (!hasJournal(folder)) return err(`${folder} is no run: it holds no journal.jsonl`)
  return ok(realpathSync(folder))
}

const hasJournal = (folder: string): boolean => existsSync(join(folder, 'journal.jsonl'))
const idsIn = (runs: string): string[] => (existsSync(runs) ? listRuns(runs) : [])
/** The random end of an id, which is quicker to type. */
const partOf = (id: string): string => id.split('-').at(-1) ?? id

function nothingNamed(named: string, runs: string, ids: readonly string[]): string {
  if (ids.length === 0) return `there is no run in ${runs}: run "verify" first`
  const near = didYouMean(named, [...ids, 'latest'])
  return `no run in ${runs} begins with "${named}"${near} (the last ones: ${ids.slice(-SHOWN).join(', ')})`
}
