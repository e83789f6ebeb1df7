/**
 * Loads the programs of the platform and the tool once, so that their compiled code is in the cache when the first chain
 * runs: without it that chain takes a quarter longer than all later ones. Run by setup. Each program ends by itself, for
 * want of a configuration or a stack; one that does not is a mistake.
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
const tool = ['node', 'src/smokechain.mjs', 'verify', '--stack', 'none/such.toml']

for (const command of commands) await load(command, platform)
await load(tool)

async function load([, ...args]: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'ignore',
    timeout: 30_000,
  })
  const [code]: unknown[] = await once(child, 'exit')
  if (code !== USAGE) throw new Error(`node ${args.join(' ')} ended with ${String(code)}, not with ${USAGE}`)
}
