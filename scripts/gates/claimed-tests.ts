/** Acceptance gate: every test that names a claim in its title (`[claim:ID]`) passes. Leaves its report in logs/tests.json. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const files = globSync('{src,lakehouse,scripts}/**/*.test.ts', {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
}).filter((file) => /\b(?:it|test)\b.*\[claim:/.test(readFileSync(join(root, file), 'utf8')))

if (files.length === 0) {
  process.stdout.write('no test names a claim\n')
  process.exit(1)
}
const reporters = ['--reporter=default', '--reporter=json', '--outputFile.json=logs/tests.json']
const child = spawn('vitest', ['run', '--project', 'unit', '-t', '\\[claim:', ...reporters, ...files], {
  cwd: root,
  stdio: 'inherit',
})
const [code]: unknown[] = await once(child, 'exit')
process.exitCode = code === 0 ? 0 : 1
