/** Are the programs there that the project itself is worked with? */
import { baseEnvironment } from '../../host/environment.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, ok } from '../finding.ts'

interface Tool {
  readonly program: string
  readonly arguments: readonly string[]
  /** What does not work without it. */
  readonly without: string
  readonly remedy: string
}

const TOOLS: readonly Tool[] = [
  {
    program: 'git',
    arguments: ['--version'],
    without: 'the gate cannot tell what is pushed',
    remedy: 'apt-get install git   (macOS: xcode-select --install)',
  },
  {
    program: 'npm',
    arguments: ['--version'],
    without: 'dependencies cannot be installed',
    remedy: 'install Node 22 or newer, which brings npm: https://nodejs.org/en/download',
  },
]

export const toolsCheck: Check = {
  id: 'tools',
  group: 'tools',
  title: 'git and npm, and their versions',
  deadlineMs: 15_000,
  run: (context) => Promise.all(TOOLS.map((tool) => findTool(tool, context))),
}

async function findTool(tool: Tool, { system, root, env, signal }: CheckContext): Promise<Finding> {
  const { program, without, remedy } = tool
  const id = `tools.${program}`
  const found = system.resolveCommand({ program, cwd: root, env: baseEnvironment(env) })
  if (!found.ok) {
    return { id, severity: 'warning', summary: `${program} is not installed: ${without}`, remedy }
  }
  const command = [found.value, ...tool.arguments]
  const asked = await system.runCommand({ command, cwd: root, env: baseEnvironment(env), signal })
  const version = asked.ok ? /\d+(\.\d+)+/.exec(asked.value.stdout.toString('utf8'))?.[0] : undefined
  if (version !== undefined) return ok(id, `${program} ${version}`)
  const reason = asked.ok ? asked.value.stderr.slice(0, 200) : asked.error
  const summary = `${program} is there but does not run: ${without}`
  return { id, severity: 'warning', summary, evidence: [`${found.value}: ${reason}`], remedy }
}
