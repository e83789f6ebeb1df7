/** The report of a run: read from its directory, rendered, written. */
import { join } from 'node:path'
import type { Verdict } from '../ledger/verdict.ts'
import { writeFileAtomic } from '../ledger/write-atomic.ts'
import { readModel } from './model.ts'
import { readRun } from './read-run.ts'
import { renderPage } from './render.ts'

const REPORT_FILE = 'report.html'

export interface ReportOptions {
  /** The run's directory. */
  readonly dir: string
  /** Directory of the run to compare with; absent: the one before it of the same stack, if there is one. */
  readonly earlier?: string
  /** Puts the page elsewhere. Absent: it goes to `report.html` in the run's directory. */
  readonly elsewhere?: { readonly file: string; readonly write: (file: string, page: string) => void }
}

/**
 * Writes the page of a run, also of one that was killed.
 *
 * @returns the file written. @throws Error when the run cannot be read or the file cannot be written.
 */
export async function writeReport({ dir, earlier, elsewhere }: ReportOptions): Promise<string> {
  const page = await renderPage(readModel(readRun(dir), earlier))
  if (elsewhere) {
    elsewhere.write(elsewhere.file, page)
    return elsewhere.file
  }
  const file = join(dir, REPORT_FILE)
  writeFileAtomic(file, page, { lasting: false })
  return file
}

/**
 * The page of a run that has just been judged.
 *
 * @param verdict stands for the one that the journal would give: no two reports of a run may disagree.
 * @throws Error when the journal cannot be read.
 */
export async function renderReport(dir: string, verdict: Verdict): Promise<string> {
  return renderPage(readModel({ ...readRun(dir), verdict }))
}
