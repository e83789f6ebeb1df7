/**
 * In CI, for a run that was killed before it could report (`verify --reporter github` does that itself): what it
 * had proven by then, from the journal in its run directory (default: logs/latest). Says nothing when the last run came to its end, or when there was none.
 */
import { existsSync } from 'node:fs'
import { path } from 'zx'
import { createReportFiles } from '../src/cli/reporters/files.ts'
import { REPORT_FORMATS, type ReportSource } from '../src/cli/reporters/formats.ts'
import { printReport } from '../src/cli/reporters/print.ts'
import { renderFailure } from '../src/kernel/failure-text.ts'
import { rebuildVerdict } from '../src/ledger/journal.ts'

const [named] = process.argv.slice(2)
const dir = path.resolve(named ?? path.join(import.meta.dirname, '../logs/latest'))
const journal = path.join(dir, 'journal.jsonl')
const verdict = existsSync(journal) ? rebuildVerdict(journal) : undefined
const format = REPORT_FORMATS['github']

if (verdict && !verdict.finished && format) {
  const request = { name: 'github', format }
  const source: ReportSource = { verdict, dir, env: process.env }
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`)
    process.exitCode = 1
  }
  await createReportFiles([request], process.env).write(
    () => source,
    (failure) => say(renderFailure(failure).headline),
  )
  const unprinted = await printReport(request, source, process.stdout)
  if (unprinted !== undefined) say(unprinted)
}
