/** Throw-away projects: a stack file, trivial daemons that answer everything with `{}`, trivial smokes. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Says `listening` the moment it does; ends at once when told to. */
const DAEMON = `import { createServer } from 'node:http'
process.on('SIGTERM', () => process.exit(0))
createServer((_, answer) => answer.end('{}')).listen(Number(process.argv[2]), '127.0.0.1', () => {
  process.stdout.write('listening\\n')
})
`

export interface DaemonPlan {
  readonly name: string
  readonly needs?: readonly string[]
  /** Further lines of its table in the stack file, instead of the trivial program and its readiness. */
  readonly lines?: readonly string[]
}

export interface SmokePlan {
  readonly id: string
  /** The file's name with its ending. */
  readonly file: string
  readonly text: string
}

export interface Project extends Disposable {
  readonly folder: string
  /** Puts a further file into it. @returns its path. */
  write(file: string, text: string, mode?: number): string
}

export function makeProject(daemons: readonly DaemonPlan[], smokes: readonly SmokePlan[]): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'smokechain-bench-')))
  const project: Project = {
    folder,
    write(file, text, mode) {
      const path = join(folder, file)
      writeFileSync(path, text, mode === undefined ? {} : { mode })
      return path
    },
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
  for (const inner of ['stacks', 'smokes']) mkdirSync(join(folder, inner))
  project.write('package.json', '{ "private": true, "type": "module" }\n')
  project.write('daemon.mjs', DAEMON)
  project.write('stacks/dev.toml', renderStack(daemons, smokes))
  for (const { file, text } of smokes) project.write(join('smokes', file), text, 0o755)
  return project
}

function renderStack(daemons: readonly DaemonPlan[], smokes: readonly SmokePlan[]): string {
  const tables = daemons.map(({ name, needs = [], lines }) => {
    const own = lines ?? [
      'command = ["node", "daemon.mjs", "{port}"]',
      'bind = "127.0.0.1:0"',
      'ready = { http = "/" }',
    ]
    return [`[daemons.${name}]`, ...own, `needs = ${JSON.stringify(needs)}`, ''].join('\n')
  })
  const chain = smokes.map(({ id }) => id)
  // Generous: what takes too long shall be seen as a figure, not as a failure.
  const head = ['name = "dev"', `chain = ${JSON.stringify(chain)}`, '[defaults]', 'ready_timeout = "60s"']
  return `${head.join('\n')}\n\n${tables.join('\n')}`
}

/** One request, one expectation. */
export function trivialSmoke(id: string, daemon: string): SmokePlan {
  const text = `import { smoke } from 'smokechain'
export default smoke({
  title: '${daemon} answers',
  needs: ['${daemon}'],
  async run({ ${daemon}, step }) {
    await step('with 200', () => ${daemon}.get('/', { status: 200 }))
  },
})
`
  return { id, file: `${id}.ts`, text }
}

/** A smoke that lets the stack stand for so many seconds. */
export function waitingSmoke(seconds: number): SmokePlan {
  return { id: 'waits', file: 'waits.sh', text: `#!/bin/sh\nsleep ${seconds}\n` }
}
