/** Runs the real command line as a child process in a scrubbed environment, and reads what it leaves in its run directory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Event, EventOf } from '../../src/kernel/event.ts'
import type { Project } from './project.ts'
import { until } from './until.ts'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const LAUNCHER = join(REPOSITORY, 'src/smokechain.mjs')

/** Ends a tool that hangs, so that the test fails with what it had said instead of with a time-out. */
const LIMIT_MS = 90_000

export interface Finished {
  readonly project: Project
  readonly pid: number
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** From start to exit, milliseconds. */
  readonly ms: number
  /** The run's id and directory; undefined when it never came to have one. */
  readonly run: string | undefined
  readonly dir: string | undefined
  /** The journal. */
  readonly events: readonly Event[]
  /** A file of the run directory. */
  read(path: string): string
}

export interface Tool {
  readonly pid: number
  readonly stdout: string
  readonly stderr: string
  readonly child: ChildProcess
  /** The first event of this type, and if given with this property, as soon as it is in the journal. */
  event<T extends Event['type']>(type: T, test?: (event: EventOf<T>) => boolean): Promise<EventOf<T>>
  /** The run's id, once it has one. */
  run(): string | undefined
  readonly finished: Promise<Finished>
}

export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Folder in which it is run; the project's root by default. */
  readonly cwd?: string
  /** Command in front of node, e.g. to run it on a terminal. */
  readonly through?: (command: readonly string[]) => readonly string[]
  /** Standard input is a pipe into which the test writes; nothing otherwise. */
  readonly typing?: boolean
}

/** Exactly these variables reach the tool. */
function environmentOf(project: Project): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: project.home,
    TMPDIR: project.tmp,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
  }
}

/** Starts the tool; `finished` resolves when it has ended and its output is read. */
export function startTool(project: Project, args: readonly string[], options: ToolOptions = {}): Tool {
  const command = [process.execPath, LAUNCHER, ...args]
  const [program = '', ...rest] = options.through?.(command) ?? command
  const startedAt = performance.now()
  const child = spawn(program, rest, {
    cwd: options.cwd ?? project.root,
    env: { ...environmentOf(project), ...options.env },
    stdio: [options.typing ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk
  })
  const pid = child.pid ?? 0
  // Behind another program it is not our child that owns the run; such a project has one run.
  const owner = options.through ? undefined : pid
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  let ended = false
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      ended = true
      clearTimeout(limit)
      const dir = findRun(project, owner)
      resolve({
        project,
        pid,
        code,
        signal,
        ...output,
        ms: performance.now() - startedAt,
        run: idOf(dir),
        dir,
        events: readEvents(dir),
        read: (path) => readFileSync(join(dir ?? project.root, path), 'utf8'),
      })
    })
  })

  return {
    pid,
    child,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    run: () => idOf(findRun(project, owner)),
    finished,
    event: (type, test) => {
      const isWanted = (event: Event): event is EventOf<typeof type> =>
        event.type === type && (test === undefined || test(event as EventOf<typeof type>))
      return until(`the event ${type}; the tool said:\n${output.stdout}${output.stderr}`, () => {
        // Asked first: an event that is written just before the end is still found.
        // Behind another program the tool may live on when our child has ended.
        const over = ended && owner !== undefined
        const found = readEvents(findRun(project, owner)).find(isWanted)
        if (!found && over) {
          throw new Error(
            `the tool ended without the event ${type}; it said:\n${output.stdout}${output.stderr}`,
          )
        }
        return found
      })
    },
  }
}

/** Runs the tool to its end. */
export function runTool(project: Project, args: readonly string[], options?: ToolOptions): Promise<Finished> {
  return startTool(project, args, options).finished
}

/** `verify` of the project's stack.toml. */
export function verify(project: Project, ...args: readonly string[]): Promise<Finished> {
  return runTool(project, ['verify', '--stack', 'stack.toml', ...args])
}

/** The same, under way. */
export function startVerify(project: Project, ...args: readonly string[]): Tool {
  return startTool(project, ['verify', '--stack', 'stack.toml', ...args])
}

/** The directory of the run that this process makes, or of any; two runs may be under way in one project. */
function findRun(project: Project, pid: number | undefined): string | undefined {
  const runs = join(project.root, 'logs/runs')
  if (!existsSync(runs)) return undefined
  const owned = readdirSync(runs).find((id) => pid === undefined || ownerOf(join(runs, id)) === pid)
  return owned === undefined ? undefined : join(runs, owned)
}

const idOf = (dir: string | undefined): string | undefined => (dir === undefined ? undefined : basename(dir))

function ownerOf(dir: string): number | undefined {
  const file = join(dir, 'owner.json')
  if (!existsSync(file)) return undefined
  return (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid
}

function readEvents(dir: string | undefined): Event[] {
  const file = join(dir ?? '', 'journal.jsonl')
  if (dir === undefined || !existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  // The last line may be in the making.
  lines.pop()
  return lines.map((line) => JSON.parse(line) as Event)
}
