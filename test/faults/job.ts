/** Runs a command-line job with one of its behaviours broken: `main.ts` of a job is replaced by a call of this. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ALL_FAULTS } from './catalogue.ts'
import type { JobBreak } from './fault.ts'

/** @param main the real job's file. Ends the process with the job's exit code. */
export function runBroken(id: string, main: string): void {
  const fault: JobBreak = ALL_FAULTS.find((one) => one.id === id)?.job ?? {}
  const given = process.argv.slice(2)
  const args = fault.args?.(given) ?? given
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
  const { file, lines } = fault
  if (file !== undefined && lines && (fault.when?.(stdout) ?? true)) {
    for (const path of filesOf(given[given.indexOf(file) + 1] ?? '')) rewriteLines(path, lines)
  }
  process.stdout.write(fault.stdout?.(stdout) ?? stdout)
  process.stderr.write(stderr === '' ? '' : (fault.stderr?.(stderr) ?? stderr))
  process.exitCode = fault.exitCode?.(status ?? 1) ?? status ?? 1
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(path, name))
}

function rewriteLines(path: string, change: (lines: readonly string[]) => readonly string[]): void {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  writeFileSync(path, `${change(lines).join('\n')}\n`)
}
