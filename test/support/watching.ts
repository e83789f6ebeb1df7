/** For tests of `watch`: a project of two small daemons and three smokes, and a person who saves files and reads what comes. */
import { readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createProject, type Project, processesOf } from './project.ts'
import { stackOf } from './stacks.ts'
import { type Finished, startTool, type Tool, type ToolOptions } from './tool.ts'
import { until } from './until.ts'
import { settle } from './words.ts'

const DAEMON = `import { createServer } from 'node:http'
import { answer } from './lib/answer.mjs'
process.on('SIGTERM', () => process.exit(0))
createServer((_, response) => response.end(answer())).listen(Number(process.argv[2]), '127.0.0.1')
`

/** `lib/answer.mjs`: what both daemons import. */
export const answering = (text: string): string => `export const answer = () => '${text}'\n`

const table = (name: string, needs: readonly string[]): string =>
  [
    `[daemons.${name}]`,
    `command = ["node", "${name}.mjs", "{port}"]`,
    'bind = "127.0.0.1:0"',
    `needs = ${JSON.stringify(needs)}`,
    '',
  ].join('\n')

export const WATCHED_STACK = stackOf(['one', 'two', 'three'], table('web', []), table('api', ['web']))

/** Expects of a daemon what `smokes/support/want.ts` says. */
export const wanting = (daemon: string, body = ''): string => `import { smoke } from 'smokechain'
import { want } from './support/want.ts'

export default smoke({
  title: '${daemon} answers',
  needs: ['${daemon}'],
  async run({ ${daemon}, step, within }) {
    void within
    await step('as it should', () => ${daemon}.get('/', { status: 200, text: want }))
${body}
  },
})
`

/** \`one\` and \`two\` need web and share a module; \`three\` needs api, which needs web, and imports nothing. */
export function watchedProject(): Project {
  const project = createProject()
  project.stack(WATCHED_STACK)
  for (const name of ['web', 'api']) project.write(`${name}.mjs`, DAEMON)
  project.write('lib/answer.mjs', answering('fine'))
  project.write('smokes/support/want.ts', `export { want } from './word.ts'\n`)
  project.write('smokes/support/word.ts', `export const want = 'fine'\n`)
  project.smoke('one', wanting('web'))
  project.smoke('two', wanting('web'))
  project.smoke('three', wanting('api').replace(/^import \{ want.*$/m, `const want = 'fine'`))
  return project
}

export interface Watcher {
  readonly tool: Tool
  /** Does it, and resolves with what is printed from then on, up to the first match. */
  after(act: () => unknown, end: RegExp): Promise<string>
  /** Ends it with a signal. */
  end(signal?: NodeJS.Signals): Promise<Finished>
}

/** The end of a round in which not all smokes ran, and of one in which they did. */
export const PART = /^of all .*\n/m
export const WHOLE = /^--- .*saved → verdict.*\n/m

/** Starts `watch` and waits until the first round is over. */
export async function startWatch(
  project: Project,
  args: readonly string[] = [],
  options: ToolOptions = {},
): Promise<Watcher> {
  const tool = startTool(project, ['watch', '--stack', 'stack.toml', ...args], options)
  let ended = false
  void tool.finished.then(() => {
    ended = true
  })
  const read = async (from: number, end: RegExp): Promise<string> =>
    await until(`${end} in what the tool says`, () => {
      const over = ended
      // A terminal ends its lines in two characters.
      const text = tool.stdout.slice(from).replaceAll('\r', '')
      const found = end.exec(text)
      if (found) return text.slice(0, found.index + found[0].length)
      if (over) throw new Error(`it ended without ${end}; it said:\n${tool.stdout}${tool.stderr}`)
      return undefined
    })
  await read(0, options.typing ? /q quit.*\n/ : /^watching .*\n/m)
  return {
    tool,
    async after(act, end) {
      const from = tool.stdout.length
      await act()
      // That it waits is said when it does, be that before or after what the test does next.
      const text = (await read(from, end)).replaceAll(/^watching .*\n/gm, '')
      return settle(text, { project, run: undefined }).replaceAll(
        /^((?:PASS|FAIL|BLOCKED) \w+) \d+s(?= {2})/gm,
        '$1 <n>s',
      )
    },
    async end(signal = 'SIGINT') {
      tool.child.kill(signal)
      return await tool.finished
    },
  }
}

/** As an editor saves that keeps the old file until the new one is whole. */
export function saveByRename(project: Project, path: string, text: string): void {
  const temporary = project.write(`${path}.part`, text)
  renameSync(temporary, join(project.root, path))
}

export const remove = (project: Project, path: string): void => rmSync(join(project.root, path))
export const readBack = (project: Project, path: string): string =>
  readFileSync(join(project.root, path), 'utf8')

/** PID of the daemon that runs this script. */
export function pidOf(project: Project, script: string): number {
  const found = processesOf(project).find(({ command }) => command.includes(` ${script} `))
  if (!found) throw new Error(`${script} does not run`)
  return found.pid
}
