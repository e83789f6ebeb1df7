import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { runMarker } from '../host/marker.ts'
import { listFamily } from '../host/process-table.ts'
import { OTHER_TREE, TREE } from './fixture.ts'
import { readGateRecords, recordFile } from './gate-records.ts'
import { type GatesRun, runGates } from './run-gates.ts'
import type { Gate, GateRecord } from './types.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'smokechain-gates-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
})

const gate = (id: string, script: string, deadlineMs = 60_000): Gate => ({
  id,
  claims: ['a'],
  command: ['sh', '-c', script],
  deadlineMs,
})

function run(gates: readonly Gate[], more: Partial<GatesRun> = {}): Promise<GateRecord[]> {
  return runGates({
    gates,
    id: `gates-${process.pid}-${Math.random().toString(36).slice(2)}`,
    root,
    logs: root,
    env: process.env,
    secrets: [],
    stop: new AbortController().signal,
    kill: new AbortController().signal,
    noteTree: async () => TREE,
    onStart: () => undefined,
    onEnd: () => undefined,
    ...more,
  })
}

it('records command, exit code, time, output and tree of each, in its order', async () => {
  const gates = [gate('good', 'pwd; echo fine'), gate('bad', 'echo oh >&2; exit 3')]
  const [good, bad] = await run(gates)
  expect(good).toMatchObject({
    schema: 1,
    gate: 'good',
    command: ['sh', '-c', 'pwd; echo fine'],
    outcome: 'passed',
    exitCode: 0,
    signal: null,
    output: [root, 'fine'],
    tree: TREE,
  })
  expect(bad).toMatchObject({ outcome: 'failed', exitCode: 3, output: ['oh'] })
  const { records, notes } = readGateRecords(root, gates)
  expect([records.get('good'), records.get('bad'), notes]).toEqual([good, bad, []])
})

it('ends a gate whose time is over, and what it started', async () => {
  const id = `gates-${process.pid}-slow`
  const [record] = await run([gate('slow', 'sleep 60 & wait', 500)], { id })
  expect(record).toMatchObject({ outcome: 'over-deadline' })
  expect(listFamily({ marker: runMarker(id) })).toEqual([])
})

it('ends what a gate has left running, and says so', async () => {
  const [record] = await run([gate('leaves', 'sleep 60 >/dev/null 2>&1 & exit 0')])
  expect(record).toMatchObject({
    outcome: 'passed',
    note: 'it left processes running, which were ended',
  })
})

it('says that a program is not there', async () => {
  const [record] = await run([{ ...gate('none', ''), command: ['no-such-program-here'] }])
  expect(record).toMatchObject({ outcome: 'not-started', exitCode: null })
  expect(record?.note).toContain('no-such-program-here')
})

it('an interruption ends the gate and the round, and leaves what was recorded', async () => {
  const before = await run([gate('waits', 'true')])
  const stop = new AbortController()
  const marker = join(root, 'began')
  const done = run([gate('waits', `touch ${marker}; sleep 60`), gate('next', 'true')], {
    stop: stop.signal,
    onStart: () => {
      const look = setInterval(() => {
        if (!existsSync(marker)) return
        clearInterval(look)
        stop.abort()
      }, 5)
    },
  })
  expect((await done).map(({ gate: id, outcome }) => [id, outcome])).toEqual([['waits', 'interrupted']])
  expect(readGateRecords(root, [gate('waits', '')]).records.get('waits')).toEqual(before[0])
})

it('records no tree when files changed while the gate ran', async () => {
  const trees = [TREE, OTHER_TREE, OTHER_TREE]
  const records = await run([gate('one', 'true'), gate('two', 'true')], {
    noteTree: async () => trees.shift(),
  })
  expect(records.map(({ tree }) => tree)).toEqual([undefined, OTHER_TREE])
})

it('keeps secrets out of the record and the log, and terminal escapes out of what is shown', async () => {
  const env = { ...process.env, SHOP_API_KEY: 'sesame-open', MARK: 'public', PWD: 'red', OLDPWD: 'red' }
  const script = 'printf "%s %s \\033[31mred\\n" "$SHOP_API_KEY" "$MARK"; echo from-the-stack'
  const [record] = await run([gate('talks', script)], { env, secrets: ['from-the-stack'] })
  expect(record?.output).toEqual(['[redacted] public red', '[redacted]'])
  for (const file of [recordFile(root, 'talks'), join(root, 'gates/talks.log')]) {
    expect(readFileSync(file, 'utf8')).not.toMatch(/sesame|from-the-stack"?$/)
  }
})

it('a record that is damaged is no record, and is told', () => {
  const gates = [gate('torn', 'true'), gate('none', 'true')]
  const file = recordFile(root, 'torn')
  rmSync(join(root, 'gates'), { recursive: true, force: true })
  expect(readGateRecords(root, gates).notes).toEqual([])
  return run([gates[0] ?? gate('torn', 'true')]).then(() => {
    writeFileSync(file, '{"schema": 1')
    const { records, notes } = readGateRecords(root, gates)
    expect(records.size).toBe(0)
    expect(notes).toEqual([expect.stringMatching(/^what was recorded of gate torn/)])
  })
})
