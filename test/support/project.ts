/** A temporary project: a stack file, smokes, a HOME and a TMPDIR of its own. Removed when the test is over. */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { endProcesses, processesWith } from './processes.ts'
import { daemon, goodSmoke, stackOf } from './stacks.ts'

export interface Project {
  /** Absolute path of the folder in which the tool is run. */
  readonly root: string
  /** HOME of every process of the project; unique, so its processes are found by it. */
  readonly home: string
  /** TMPDIR of every process of the project. */
  readonly tmp: string
  /** Writes a file, given by its path from the root, and its folders. */
  write(path: string, content: string | Uint8Array, mode?: number): string
  /** Writes `stack.toml`. */
  stack(toml: string): void
  /** Writes `smokes/<id>.ts`. */
  smoke(id: string, source: string): void
}

export function createProject(): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'smokechain-blackbox-')))
  const [root, home, tmp] = [join(folder, 'project'), join(folder, 'home'), join(folder, 'tmp')]
  for (const path of [root, home, tmp]) mkdirSync(path)
  onTestFinished(async () => {
    // What a failed test has left. A green one has shown that there is nothing.
    await endProcesses(processesOf({ home }))
    rmSync(folder, { recursive: true, force: true })
  })

  const write = (path: string, content: string | Uint8Array, mode = 0o644): string => {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    chmodSync(file, mode)
    return file
  }
  return {
    root,
    home,
    tmp,
    write,
    stack: (toml) => void write('stack.toml', toml),
    smoke: (id, source) => void write(`smokes/${id}.ts`, source),
  }
}

/** Every process of the project. */
export const processesOf = ({ home }: Pick<Project, 'home'>) => processesWith(`HOME=${home}`)

/** A project with these daemons, whose chain is one smoke `d1` that passes as long as `web` answers. */
export function projectWith(...daemons: readonly string[]): Project {
  const project = createProject()
  project.stack(stackOf(['d1'], ...daemons))
  project.smoke('d1', goodSmoke())
  return project
}

/** A project of two daemons: `d1` and `d2` need `web`, `d3` needs `other`. */
export function projectOfTwo(web: string = daemon('web')): Project {
  const project = createProject()
  project.stack(stackOf(['d1', 'd2', 'd3'], web, daemon('other')))
  for (const [id, name] of [
    ['d1', 'web'],
    ['d2', 'web'],
    ['d3', 'other'],
  ] as const)
    project.smoke(id, goodSmoke(name))
  return project
}
