/** The gate while something else happens: commits, changes, Ctrl-C, a kill; and calls that are not git's. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { processesOf } from './support/project.ts'
import { createRepository, type Done, type Repository, STATE } from './support/repository.ts'
import { until } from './support/until.ts'

const ZERO = '0'.repeat(40)

/** Calls the hook as git does. */
function startHook(repository: Repository, input: string) {
  return repository.start(['.githooks/pre-push', 'origin', repository.remote], { input })
}

async function lineOf(repository: Repository, ref: string): Promise<string> {
  return `refs/heads/${ref} ${await repository.git('rev-parse', ref)} refs/heads/${ref} ${ZERO}\n`
}

async function expectNothingLeft(repository: Repository): Promise<void> {
  await until('every process of the project to end', () => processesOf(repository.project).length === 0)
  expect(readdirSync(repository.project.tmp)).toEqual([])
}

it('a commit that is made meanwhile is not pushed, and does not matter', async () => {
  const repository = await createRepository()
  const hold = await repository.hold()
  const commit = await repository.commit()
  repository.write('more.txt', 'uncommitted')
  const pushing = repository.start(['git', 'push', '-q', 'origin', 'main'])
  await hold.reached
  repository.write(STATE, 'bad\n')
  const later = await repository.commit()
  hold.release()
  const pushed = await pushing.done
  expect(pushed.code, pushed.stderr).toBe(0)
  expect(await repository.remoteCommit('main')).toBe(commit)
  expect(await repository.git('rev-parse', 'main')).toBe(later)
  const red = await repository.push('main')
  expect(red.code).not.toBe(0)
  expect(red.stderr).toContain('FAIL d2')
})

it('files that change while they are tested give no receipt', async () => {
  const repository = await createRepository()
  const hold = await repository.hold()
  await repository.commit()
  const pushing = repository.start(['git', 'push', '-q', 'origin', 'main'])
  await hold.reached
  repository.write('more.txt', 'written by somebody')
  hold.release()
  const pushed = await pushing.done
  expect(pushed.code).not.toBe(0)
  expect(pushed.stderr).toContain('--- 2 PASS / 0 FAIL ---')
  expect(pushed.stderr).toContain(
    'warning: no receipt for the gate: files changed while they were being tested (more.txt); run it again',
  )
  expect(pushed.stderr).toMatch(
    /push refused: commit \w+ \(refs\/heads\/main\): its run gave no receipt that counts \(there is none\); perhaps files changed meanwhile/,
  )
  expect(await repository.remoteCommit('main')).toBeUndefined()
})

it.each(['in place', 'in a worktree'])(
  'Ctrl-C ends the run in order and refuses the push: %s',
  async (where) => {
    const repository = await createRepository()
    const hold = await repository.hold()
    await repository.commit()
    if (where !== 'in place') repository.write('more.txt', 'uncommitted')
    const hook = startHook(repository, await lineOf(repository, 'main'))
    await hold.reached
    process.kill(hook.pid, 'SIGINT')
    const { code, stderr } = await hook.done
    expect(code, stderr).toBe(130)
    expect(stderr).toContain('smokechain: push refused: interrupted; push again to go on\n')
    await expectNothingLeft(repository)
    expect((await repository.git('worktree', 'list', '--porcelain')).match(/^worktree /gm)).toHaveLength(1)
  },
)

it('a gate that is killed leaves nothing behind, and the next push works', async () => {
  const repository = await createRepository()
  const hold = await repository.hold()
  await repository.commit()
  repository.write('more.txt', 'uncommitted')
  const hook = startHook(repository, await lineOf(repository, 'main'))
  await hold.reached
  process.kill(hook.pid, 'SIGKILL')
  expect((await hook.done).signal).toBe('SIGKILL')
  await expectNothingLeft(repository)
  hold.release()
  const pushed = await repository.push('main')
  expect(pushed.code, pushed.stderr).toBe(0)
  expect(readdirSync(join(repository.root, '.git/worktrees'))).toEqual([])
})

it('two pushes at once do not meet', async () => {
  const repository = await createRepository()
  repository.write('more.txt', 'uncommitted')
  const [one, other]: Done[] = await Promise.all([repository.push('main'), repository.push('main:other')])
  expect(one?.code, one?.stderr).toBe(0)
  expect(other?.code, other?.stderr).toBe(0)
  await expectNothingLeft(repository)
})

it('what git does not write is refused', async () => {
  const repository = await createRepository()
  expect((await repository.verify()).code).toBe(0)
  const line = await lineOf(repository, 'main')
  expect(await startHook(repository, line).done).toMatchObject({ code: 0, stderr: '' })
  expect(await startHook(repository, '').done).toMatchObject({ code: 0, stderr: '' })
  const cut = await startHook(repository, line + line.slice(0, 60)).done
  expect(cut.code).toBe(2)
  expect(cut.stderr).toMatch(/^smokechain: push refused: line 2 of standard input is not as git writes it: /)
  const unknown = await startHook(repository, `refs/heads/x ${'1'.repeat(40)} refs/heads/x ${ZERO}\n`).done
  expect(unknown.code).toBe(4)
  expect(unknown.stderr).toContain('refs/heads/x is no commit (1111111111)')
})

it('without git, and outside of a repository, it fails closed', async () => {
  const repository = await createRepository()
  const command = [process.execPath, join(repository.root, 'src/smokechain.mjs'), 'gate', 'pre-push']
  const input = await lineOf(repository, 'main')
  const outside = await repository.run(command, { input, cwd: '/' })
  expect(outside).toMatchObject({
    code: 70,
    stderr: expect.stringContaining('push refused: not a git repository'),
  })
  const without = await repository.run(command, { input, env: { PATH: '/nonexistent' } })
  expect(without).toMatchObject({
    code: 70,
    stderr: expect.stringContaining('push refused: git could not be run'),
  })
  const other = await repository.run([...command.slice(0, -1), 'pre-pus'], { input })
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "pre-push"?') })
  expect(existsSync(join(repository.root, 'logs'))).toBe(false)
})
