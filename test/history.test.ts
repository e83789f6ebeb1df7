/** The history of a project: what runs leave in it, whatever becomes of them, and what it tells of slow smokes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../src/history/ask.ts'
import { nameMachine, type RunRecord } from '../src/history/record.ts'
import { withHistory } from '../src/history/store.ts'
import { runRecord, smokeRecord } from '../src/history/test-records.ts'
import { platformName, readMachineLoad } from '../src/host/load.ts'
import { flakySmoke, holdingSmoke } from './support/flaky.ts'
import { createRepository } from './support/repository.ts'
import {
  createProject,
  daemon,
  expectNothingLeft,
  goodSmoke,
  ledger,
  type Project,
  report,
  runTool,
  smokeOf,
  stackOf,
  startVerify,
  verify,
} from './support/rig.ts'

const IDLE_MACHINE = new URL('./fixtures/idle-machine.mjs', import.meta.url).href

const storeOf = (project: Project): string => join(project.root, 'logs/history.db')

async function history(project: Project, ...args: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await runTool(project, ['history', '--json', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Answer
}

function projectOf(smoke = goodSmoke()): Project {
  const project = createProject()
  project.stack(stackOf(['a'], daemon('web')))
  project.smoke('a', smoke)
  return project
}

it('each run adds itself, red ones too, and a run that was killed is picked up later', async () => {
  const project = projectOf()
  const hold = holdingSmoke(project, 1)
  project.smoke('a', hold.source)
  const tool = startVerify(project)
  await hold.reached()
  tool.child.kill('SIGKILL')
  await expectNothingLeft(await tool.finished, { killed: true })
  hold.release()
  expect((await verify(project)).code).toBe(0)
  project.smoke('a', smokeOf(`    await step('no', () => web.get('/health', { status: 418 }))`))
  expect((await verify(project)).code).toBe(1)

  const { summary, runs } = await history(project)
  expect(summary).toMatchObject({ runs: 3, passed: 1, unfinished: 1 })
  expect(runs.map(({ finished, green, smokes }) => [finished, green, smokes[0]?.class])).toEqual([
    [true, false, 'FAIL'],
    [true, true, 'PASS'],
    [false, false, 'NOT RUN'],
  ])
  expect(runs[0]).toMatchObject({ stack: 'test', ...readNow(), exitCode: 1 })
})

const readNow = (): Partial<RunRecord> => ({
  machine: nameMachine(platformName(), readMachineLoad().cpu),
  cores: readMachineLoad().cores,
})

it('a smoke that passes and fails on one tree is flaky, and named', async () => {
  const repository = await createRepository()
  const { project } = repository
  repository.write('smokes/d1.ts', flakySmoke(project))
  await repository.commit()
  const tree = await repository.git('rev-parse', 'HEAD^{tree}')
  const repeated = await runTool(project, ['verify', '--only', 'd1', '--repeat', '4'])
  expect(repeated.code).toBe(1)
  repository.write('smokes/d2.sh', '#!/bin/sh\n# title: x\n# needs: web\nexit 1\n', 0o755)
  expect((await runTool(project, ['verify'])).code).toBe(1)

  const { summary, runs } = await history(project)
  expect(runs.map((run) => run.dirty)).toEqual([true, false, false, false, false])
  expect(new Set(runs.slice(1).map((run) => run.tree))).toEqual(new Set([tree]))
  expect(runs[0]?.tree).toMatch(/^[0-9a-f]{40}$/)
  expect(runs[0]?.tree).not.toBe(tree)
  const failed = runs.filter((run) => run.smokes[0]?.class === 'FAIL').map((run) => run.run)
  expect(summary.smokes[0]).toMatchObject({ smoke: 'd1', flaky: [{ tree, passed: 3, failed }] })
  expect(summary.smokes[1]?.flaky).toEqual([])
  const written = readFileSync(join(project.root, 'logs/runs', runs[1]?.run ?? '', 'ledger.json'), 'utf8')
  expect(JSON.parse(written)).toMatchObject({
    tree,
    dirty: false,
    machine: readNow().cores && { stressed: false },
  })

  const told = await runTool(project, ['history', 'd1'])
  expect(told.stdout).toContain(
    `FLAKY d1: 3 PASS and 1 FAIL on tree ${tree.slice(0, 8)}; failed in ${failed[0]}`,
  )
})

describe('a history that cannot be used costs no verdict', () => {
  const GREEN = '\nPASS a <n>s\n--- 1 PASS / 0 FAIL ---\n'
  it('damaged', async () => {
    const project = projectOf()
    project.write('logs/history.db', 'x'.repeat(9_000))
    const finished = await verify(project)
    expect(finished.code).toBe(0)
    expect(ledger(finished)).toBe(GREEN)
    expect(report(finished)).toMatchInlineSnapshot(`
      "
      booting 1 daemon
        ready web  <time>
      up in <time>
      PASS a <n>s
      warning: this run is not in the history: <project>/logs/history.db is damaged (file is not a database); to begin a new one: mv <project>/logs/history.db <project>/logs/history.db.old

      warning: this run is not in the history: <project>/logs/history.db is damaged (file is not a database); to begin a new one: mv <project>/logs/history.db <project>/logs/history.db.old
      stack test · …
      PASS a <n>s
      --- 1 PASS / 0 FAIL ---
      "
    `)
    expect(readFileSync(storeOf(project), 'utf8')).toBe('x'.repeat(9_000))
    const asked = await runTool(project, ['history'])
    expect([asked.code, asked.stdout]).toEqual([70, ''])
    expect(asked.stderr).toMatch(/^error: \S+history.db is damaged/)
  })
  it('locked by another process, or written by a newer version', async () => {
    const project = projectOf()
    expect((await verify(project)).code).toBe(0)
    const db = new DatabaseSync(storeOf(project))
    db.exec('BEGIN EXCLUSIVE')
    const locked = await verify(project, '--fail-on-slow')
    db.exec('ROLLBACK; PRAGMA user_version = 9')
    db.close()
    const newer = await verify(project, '--fail-on-slow')
    expect([locked.code, newer.code]).toEqual([0, 0])
    for (const warning of ['nobody can tell what is slow', 'this run is not in the history']) {
      expect(locked.stdout).toMatch(
        new RegExp(`\\nwarning: ${warning}: \\S+history.db: another process keeps it locked`),
      )
      expect(newer.stdout).toMatch(
        new RegExp(`\\nwarning: ${warning}: \\S+history.db: a newer smokechain wrote it`),
      )
    }
  })
})

describe('a smoke that is slower than its history', () => {
  const SLOW = smokeOf(`    const { setTimeout: delay } = await import('node:timers/promises')
    await delay(800)
    await step('it answers', () => web.get('/health', { status: 200 }))`)

  /** So many runs in which it took 10 ms, on this machine. */
  function projectWithHistory(runs: number): Project {
    const project = projectOf(SLOW)
    project.write('logs/keep', '')
    const smokes = [smokeRecord('a', { ms: 10, others: 0 })]
    const records = Array.from({ length: runs }, (_, i) =>
      runRecord(i, { stack: 'test', ...readNow(), smokes }),
    )
    const added = withHistory(storeOf(project), { writable: true }, (store) => store.add(records))
    expect(added.ok).toBe(true)
    return project
  }

  /** What else the machine does must not decide. */
  const verifyInPeace = (project: Project, ...args: readonly string[]) =>
    runTool(project, ['verify', '--stack', 'stack.toml', ...args], {
      env: { NODE_OPTIONS: `--import=${IDLE_MACHINE}` },
    })

  it('passes, and is told', async () => {
    const project = projectWithHistory(8)
    const finished = await verifyInPeace(project)
    expect(finished.code).toBe(0)
    expect(ledger(finished)).toBe('\nPASS a <n>s\n--- 1 PASS / 0 FAIL ---\n')
    expect(report(finished)).toMatchInlineSnapshot(`
      "
      booting 1 daemon
        ready web  <time>
      up in <time>
      PASS a <n>s
        slow: <time>; usually <time>, and over <time> is slow (median of 8 runs)

      SLOW a  <time>; usually <time>, and over <time> is slow (median of 8 runs)

      stack test · …
      PASS a <n>s
      --- 1 PASS / 0 FAIL ---
      "
    `)
    expect(JSON.parse(finished.read('ledger.json'))).toMatchObject({
      green: true,
      rows: [{ class: 'PASS', slow: { limitMs: 510, medianMs: 10, madMs: 0, samples: 8 } }],
    })
    expect((await history(project)).runs[0]?.smokes).toMatchObject([{ class: 'PASS', slow: 'shown' }])
  })

  it('fails with --fail-on-slow', async () => {
    const project = projectWithHistory(8)
    const finished = await verifyInPeace(project, '--fail-on-slow')
    expect(finished.code).toBe(1)
    expect(ledger(finished)).toBe('\nFAIL a <n>s\n--- 0 PASS / 1 FAIL ---\n')
    expect(report(finished)).toMatchInlineSnapshot(`
      "
      booting 1 daemon
        ready web  <time>
      up in <time>
      FAIL a <n>s
        ✗ a passed but was slow: <time>; usually <time>, and over <time> is slow (median of 8 runs)

      FAIL a  the puppet answers
        ✗ a passed but was slow: <time>; usually <time>, and over <time> is slow (median of 8 runs)
            next: find what became slower; if it is meant to do more now, the limit rises as such runs go on
        log of web:
          listening <clock>
          up
        rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only a

      stack test · …
      FAIL a <n>s
      --- 0 PASS / 1 FAIL ---
      "
    `)
    expect(JSON.parse(finished.read('ledger.json'))).toMatchObject({
      green: false,
      exitCode: 1,
      rows: [{ class: 'FAIL', slow: { medianMs: 10 }, failures: [{ tag: 'slow' }] }],
    })
    const { runs, summary } = await history(project)
    expect(runs[0]?.smokes).toMatchObject([{ class: 'FAIL', slow: 'failed' }])
    expect(summary.smokes[0]?.flaky).toEqual([])
  })

  it('ends a run with --bail', async () => {
    const project = projectWithHistory(8)
    project.stack(stackOf(['a', 'b'], daemon('web')))
    project.smoke('b', goodSmoke())
    const finished = await verifyInPeace(project, '--fail-on-slow', '--bail')
    expect(ledger(finished)).toBe('\nFAIL a <n>s\nNOT RUN b <n>s\n--- 0 PASS / 1 FAIL / 1 NOT RUN ---\n')
  })

  it('is not found without enough of it, which --fail-on-slow says', async () => {
    const finished = await verifyInPeace(projectWithHistory(3), '--fail-on-slow')
    expect(finished.code).toBe(0)
    expect(finished.stdout).toContain('warning: --fail-on-slow could not tell of a: it takes 8 runs')
  })
})

it('asked for what is not there, says what there is', async () => {
  const project = projectOf()
  const none = await runTool(project, ['history'])
  expect([none.code, none.stdout]).toEqual([4, 'no run is in the history yet\n'])
  await verify(project)
  const wrong = await runTool(project, ['history', 'b'])
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    'error: no run of a smoke "b" on test is in the history; did you mean "a"?\n',
  ])
  expect((await runTool(project, ['history', '--last', '1.5'])).code).toBe(2)
  expect((await history(project, 'a')).runs).toHaveLength(1)
})
