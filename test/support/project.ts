/** A temporary project: a stack file, smokes, a HOME and a TMPDIR of its own. Removed when the test is over. */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { endProcesses, processesWith } from './processes.ts'

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
    await endProcesses(processesWith(`HOME=${home}`))
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
