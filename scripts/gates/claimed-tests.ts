/**
 * Acceptance gate: every test that names a claim in its title (`[claim:ID]`) passes; with an ID, those that name this one.
 * Without one it leaves its report in logs/tests.json.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const [claim] = process.argv.slice(2)
const tag = claim === undefined ? '[claim:' : `[claim:${claim}]`
const files = globSync('{src,lakehouse,scripts}/**/*.test.ts', {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
}).filter((file) => namesClaim(readFileSync(join(root, file), 'utf8')))

if (files.length === 0) {
  process.stdout.write(`no test names ${claim === undefined ? 'a claim' : `the claim ${claim}`}\n`)
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), 'claimed-tests-'))
const report = claim === undefined ? join(root, 'logs/tests.json') : join(folder, 'tests.json')
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
const child = spawn(
  'vitest',
  ['run', '--project', 'unit', '-t', tag.replace('[', String.raw`\[`), ...reporters, ...files],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
const [code]: unknown[] = await once(child, 'exit')
// Tests that are all skipped make no failure, and no proof.
const passed = code === 0 ? countPassed(report) : 0
rmSync(folder, { recursive: true })
if (code === 0 && passed === 0) process.stdout.write('no test ran\n')
process.exitCode = passed > 0 ? 0 : 1

function countPassed(file: string): number {
  const { numPassedTests }: { numPassedTests: number } = JSON.parse(readFileSync(file, 'utf8'))
  return numPassedTests
}

function namesClaim(source: string): boolean {
  return source.split('\n').some((line) => /\b(?:it|test)\b/.test(line) && line.includes(tag))
}
