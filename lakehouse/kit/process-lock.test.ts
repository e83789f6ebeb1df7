import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { acquireLock, LockedError } from './process-lock.ts'
import { makeTemporaryFolder } from './testing/daemon-process.ts'
import { startJob } from './testing/job-process.ts'

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
let path: string

beforeEach(async () => {
  folder = await makeTemporaryFolder()
  path = join(folder.path, '.lock')
})
afterEach(() => folder[Symbol.asyncDispose]())

/** The PID of a process that has ended. */
async function findDeadPid(): Promise<number> {
  const { child, ended } = startJob(fileURLToPath(new URL('./files.ts', import.meta.url)), [])
  await ended
  return child.pid ?? 0
}

it('holds others back until it is given back, and leaves nothing behind', async () => {
  const lock = await acquireLock(path)
  await expect(acquireLock(path)).rejects.toThrow(LockedError)
  await expect(acquireLock(path)).rejects.toThrow(`held by process ${process.pid}`)
  await lock[Symbol.asyncDispose]()
  await (await acquireLock(path))[Symbol.asyncDispose]()
  expect(await readdir(folder.path)).toEqual([])
})

it('a lock file that names no process is stale', async () => {
  await writeFile(path, 'what?')
  await (await acquireLock(path))[Symbol.asyncDispose]()
  expect(await readdir(folder.path)).toEqual([])
})

it('a dead owner holds nobody back, and only one of many takes over', async () => {
  await writeFile(path, `${await findDeadPid()}\n`)
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(path)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(LockedError)
  }
  expect(await readdir(folder.path)).toEqual(['.lock'])
})
