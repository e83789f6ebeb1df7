/**
 * Writes annotations for GitHub to standard output, and the job summary to the file that GitHub names. Of the
 * last run; a run that never wrote a ledger is told as such.
 */
import { appendFile, readFile } from 'node:fs/promises'
import { chalk, path } from 'zx'
import { type Ledger, renderAnnotations, renderSummary } from './github.ts'

const root = path.resolve(import.meta.dirname, '..')
const file = path.join(root, 'logs/latest/ledger.json')

let text: string
try {
  text = await readFile(file, 'utf8')
} catch (error) {
  process.stdout.write('::error title=no ledger::the last run left no ledger.json; see the log of this job\n')
  process.stderr.write(`${chalk.dim(String(error))}\n`)
  process.exit(1)
}
const ledger: Ledger = JSON.parse(text)
for (const line of renderAnnotations(ledger, root)) process.stdout.write(`${line}\n`)
const summary = process.env['GITHUB_STEP_SUMMARY']
if (summary === undefined) process.stdout.write(renderSummary(ledger))
else await appendFile(summary, renderSummary(ledger))
