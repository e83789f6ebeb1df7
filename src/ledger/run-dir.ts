/**
 * The directory of one run, `logs/runs/<id>/`, and what points at it: `logs/latest`, `logs/smoke_chain.log`.
 * Several runs in one checkout at once never clash: ids are random, files are renamed into place.
 */
import { mkdirSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Failure } from '../kernel/failure.ts'
import { renderLedgerJson } from './json-document.ts'
import { isAlive, listRuns, OWNER_FILE, type Owner, pruneRuns, RUNS_KEPT } from './prune-runs.ts'
import { createRunId } from './run-id.ts'
import { renderLedger } from './text.ts'
import type { Verdict } from './verdict.ts'
import { linkAtomic, writeFileAtomic } from './write-atomic.ts'

export interface RunDirectory {
  /** UTC time of creation and a random part; ids sort by time. */
  readonly id: string
  /** Absolute when `logs` is. */
  readonly path: string
  /** What did not go well but harms nobody: old runs that could not be removed. */
  readonly warnings: readonly string[]
  /**
   * Writes ledger.txt, ledger.json and junit.xml, and `logs/smoke_chain.log` when the whole chain ran to its end.
   *
   * @returns the loss, when something could not be written; then none of this run's ledgers is left, so that
   *   none of them claims more than the run can prove.
   */
  writeLedger(verdict: Verdict): Promise<Failure | undefined>
  /** Removes the directory again, for a run that never began. */
  discard(): void
}

export interface RunDirectoryOptions {
  /** Of the run, from `createRunId`, where something of it has begun already. */
  readonly id?: string
  /** How many runs are kept, this one included. */
  readonly keep?: number
  /** Ids of earlier runs that stay, however many there are. */
  readonly spare?: ReadonlySet<string>
  /** Whether the process that made a run is still there; for tests. */
  readonly isAlive?: (owner: Owner) => boolean
}

/**
 * Makes the directory of a new run under `logs`, points `logs/latest` at it and prunes old runs.
 *
 * @throws the system's error when it cannot be made (no permission, disk full).
 */
export function openRunDirectory(logs: string, options: RunDirectoryOptions = {}): RunDirectory {
  const id = options.id ?? createRunId()
  const path = join(logs, 'runs', id)
  for (const folder of ['daemons', 'smokes']) mkdirSync(join(path, folder), { recursive: true })
  const owner: Owner = { pid: process.pid, since: new Date().toISOString() }
  writeFileAtomic(join(path, OWNER_FILE), `${JSON.stringify(owner)}\n`, { lasting: false })
  linkAtomic(join(logs, 'latest'), join('runs', id))
  const { keep = RUNS_KEPT, isAlive: alive = isAlive, spare } = options
  const warnings = pruneRuns(join(logs, 'runs'), keep, alive, spare)
  const ledgers = {
    text: join(path, 'ledger.txt'),
    json: join(path, 'ledger.json'),
    junit: join(path, 'junit.xml'),
  }

  return {
    id,
    path,
    warnings,
    async writeLedger(verdict) {
      const ranWhole = verdict.complete && verdict.interrupted === undefined
      const renderers: readonly (readonly [path: string, render: () => string | Promise<string>])[] = [
        [ledgers.text, () => renderLedger(verdict)],
        [ledgers.json, () => renderLedgerJson(verdict)],
        [ledgers.junit, () => renderWithJunit(verdict)],
        ...(ranWhole ? [[join(logs, 'smoke_chain.log'), () => renderLedger(verdict)] as const] : []),
      ]
      for (const [file, render] of renderers) {
        try {
          writeFileAtomic(file, await render())
        } catch (error) {
          for (const ledger of Object.values(ledgers)) rmSync(ledger, { force: true })
          return { tag: 'evidence-lost', path: file, reason: describe(error) }
        }
      }
      return undefined
    },
    discard() {
      rmSync(path, { recursive: true, force: true })
      pointBack(logs, join('runs', id))
    },
  }
}

/** Loaded at the end of a run: nothing waits for it then. */
async function renderWithJunit(verdict: Verdict): Promise<string> {
  const { renderJunit } = await import('./junit.ts')
  return renderJunit(verdict)
}

/** When `latest` points at the run that is gone: to the newest that is there, or nowhere. */
function pointBack(logs: string, gone: string): void {
  const latest = join(logs, 'latest')
  if (readlinkSync(latest) !== gone) return
  const newest = listRuns(join(logs, 'runs')).at(-1)
  if (newest === undefined) rmSync(latest, { force: true })
  else linkAtomic(latest, join('runs', newest))
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
