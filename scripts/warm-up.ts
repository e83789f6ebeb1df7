/**
 * Has the compiled code of the platform's programs and of the tool kept before the first chain runs, which would take a
 * quarter longer than all later ones without it. Run by setup. First that of the packages, by using them; then that of
 * the programs' own files, by loading them: each program ends by itself, for want of a configuration or a stack, and one
 * that does not is a mistake.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'toml'

/** What every program says with its exit code: that it was called wrongly. */
const USAGE = 2
/** As in the stack files. */
const CACHE = 'node_modules/.cache/lakehouse'

const root = join(import.meta.dirname, '..')
const stack: { daemons: Record<string, { command: string[] }> } = parse(
  readFileSync(join(root, 'stacks/dev.toml'), 'utf8'),
)
const commands = [
  ...Object.values(stack.daemons).map(({ command }) => command),
  ...['materializer', 'replay'].map((job) => ['node', `lakehouse/${job}/main.ts`]),
]
const platform = { NODE_COMPILE_CACHE: join(root, CACHE) }
// The tool has a cache of its own, and knows where.
const tool = ['src/smokechain.mjs', 'verify', '--stack', 'none/such.toml']

const flags = commands.map(([, ...args]) =>
  args.slice(
    0,
    args.findIndex((arg) => !arg.startsWith('-')),
  ),
)
for (const set of new Map(flags.map((one) => [one.join(' '), one])).values()) {
  await run([...set, 'scripts/code-cache.ts'], { exit: 0, stderr: 'inherit' })
}
for (const [, ...args] of commands) await run(args, { exit: USAGE, env: platform })
await run(tool, { exit: USAGE })

interface Expected {
  readonly exit: number
  readonly env?: NodeJS.ProcessEnv
  readonly stderr?: 'ignore' | 'inherit'
}

/** Rejects when Node does not end as expected. */
async function run(args: readonly string[], { exit, env = {}, stderr = 'ignore' }: Expected): Promise<void> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', stderr],
    timeout: 30_000,
  })
  const [code]: unknown[] = await once(child, 'exit')
  if (code !== exit) throw new Error(`node ${args.join(' ')} ended with ${String(code)}, not with ${exit}`)
}
