/** Is this a system, and a Node, that the tool and the daemons can run on? */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { baseEnvironment } from '../../host/environment.ts'
import { unsupportedPlatform } from '../../host/platform.ts'
import { hasCode } from '../../kernel/errno.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, ok } from '../finding.ts'

export const runtimeCheck: Check = {
  id: 'runtime',
  group: 'tools',
  title: 'this system, and the Node that runs the tool and the daemons',
  deadlineMs: 10_000,
  async run(context) {
    const { system } = context
    const unsupported = unsupportedPlatform(system.platform)
    if (unsupported !== undefined) {
      const remedy = 'run it on Linux or macOS (on Windows: wsl --install)'
      return [{ id: 'runtime.platform', severity: 'error', summary: unsupported, remedy }]
    }
    const own = judgeOwnNode(system.nodeVersion)
    return [own, ...(own.severity === 'ok' ? await judgeDaemonsNode(context) : [])]
  },
}

function judgeOwnNode(version: string): Finding {
  const least = leastNode()
  if (isAtLeast(version, least)) return ok('runtime.node', `Node ${version} runs the tool`)
  return {
    id: 'runtime.node',
    severity: 'error',
    summary: `Node ${version} runs the tool; it needs ${least} or newer`,
    remedy: 'npx -y rust-just doctor   (just puts the pinned Node first)',
  }
}

/** Only where a daemon is started as `node`. */
async function judgeDaemonsNode({ stack, env, system, root, signal }: CheckContext): Promise<Finding[]> {
  const users = [...(stack?.daemons.values() ?? [])].filter(({ command }) => command[0] === 'node')
  if (users.length === 0) return []
  const found = system.resolveCommand({ program: 'node', cwd: root, env: baseEnvironment(env) })
  // The check "commands" says so.
  if (!found.ok) return []
  const asked = await system.runCommand({ command: [found.value, '--version'], cwd: root, env, signal })
  if (!asked.ok) return []
  const version = asked.value.stdout.toString('utf8').trim().replace(/^v/, '')
  const pinned = pinnedNode(root)
  const remedy = `export PATH="${join(root, 'node_modules/.bin')}:$PATH"   (or run it through: npx -y rust-just verify)`
  const evidence = [`${found.value} is the first "node" on PATH`]
  const about = { id: 'runtime.daemons-node', evidence }
  if (!isAtLeast(version, LEAST_FOR_TYPESCRIPT)) {
    const summary = `the daemons would run on Node ${version}, which cannot run TypeScript files`
    const typescript = users.some(({ command }) => command.some((word) => /\.[cm]?ts$/.test(word)))
    return typescript ? [{ ...about, severity: 'error', summary, remedy }] : []
  }
  if (pinned !== undefined && pinned !== version) {
    const summary = `the daemons would run on Node ${version}; this project pins ${pinned}`
    return [{ ...about, severity: 'warning', summary, remedy }]
  }
  return [ok('runtime.daemons-node', `the daemons run on Node ${version}`)]
}

/** The first Node that runs TypeScript files as they are. What is written in them may need a newer one. */
const LEAST_FOR_TYPESCRIPT = '22.18'

function leastNode(): string {
  const manifest: { engines: { node: string } } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  )
  return manifest.engines.node.replace(/^>=/, '')
}

/** The version of the npm package `node`; undefined where the project has none. */
function pinnedNode(root: string): string | undefined {
  try {
    const text = readFileSync(join(root, 'node_modules/node/package.json'), 'utf8')
    const manifest: { version?: string } = JSON.parse(text)
    return manifest.version
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}

/** Compares dotted numbers. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10)),
  )
  for (const [index, part] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0
    if (own !== part) return own > part
  }
  return true
}
