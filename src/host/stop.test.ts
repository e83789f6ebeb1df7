import { describe, expect, it } from 'vitest'
import { identify, listFamily } from './process-table.ts'
import { stopFamily } from './stop.ts'
import { startPuppet, until } from './test-support.ts'

const LONG_MS = 20_000

describe('stopFamily', () => {
  it('waits for the whole family, not only its leader', async () => {
    // The grandchild takes its time to end, after the leader has gone.
    const { child, marker, line } = await startPuppet({
      command: [
        'sh',
        '-c',
        'sh -c "trap \\"sleep 0.2; exit 0\\" TERM; echo up; while :; do sleep 0.05; done" & wait',
      ],
    })
    await line(/up/)
    const outcome = await stopFamily({ child, marker, graceMs: LONG_MS })
    expect(outcome).toMatchObject({ how: 'terminated', leftovers: [] })
    expect(listFamily({ pid: child.pid, sid: child.pid, marker })).toEqual([])
  })

  it('ends a grandchild in a session of its own once the leader is gone', async () => {
    const { child, marker, line } = await startPuppet({
      command: ['sh', '-c', 'setsid sh -c "echo lost \\$\\$; exec sleep 1000" & wait'],
    })
    const lost = Number((await line(/^lost (\d+)/))[1])
    expect((await stopFamily({ child, marker, graceMs: LONG_MS })).how).toBe('terminated')
    expect(identify(lost)).toBeUndefined()
  })

  it('kills what ignores the first signal', async () => {
    const { child, marker, line } = await startPuppet({
      command: ['sh', '-c', 'trap "" TERM; echo deaf; while :; do sleep 0.05; done'],
    })
    await line(/deaf/)
    const outcome = await stopFamily({ child, marker, graceMs: 50 })
    expect(outcome).toMatchObject({ how: 'killed', leftovers: [] })
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('kills at once when asked to, in the middle of the grace', async () => {
    const { child, marker, line } = await startPuppet({
      command: ['sh', '-c', 'trap "echo heard" TERM; echo deaf; while :; do sleep 0.05; done'],
    })
    await line(/deaf/)
    const kill = new AbortController()
    const stopping = stopFamily({ child, marker, graceMs: LONG_MS * 100, kill: kill.signal })
    await line(/heard/)
    kill.abort()
    expect((await stopping).how).toBe('killed')
  })

  it('starts with the signal it is given', async () => {
    const { child, marker, line } = await startPuppet({
      command: ['sh', '-c', 'trap "exit 5" INT; echo up; while :; do sleep 0.05; done'],
    })
    await line(/up/)
    await stopFamily({ child, marker, graceMs: LONG_MS, firstSignal: 'SIGINT' })
    expect(child.exit).toEqual({ code: 5, signal: null })
    const other = await startPuppet({ command: ['sleep', '1000'] })
    const outcome = await stopFamily({ ...other, graceMs: LONG_MS, firstSignal: 'SIGKILL' })
    expect(outcome.how).toBe('killed')
  })

  it('says when nobody was left', async () => {
    const { child, marker } = await startPuppet({ command: ['true'] })
    await child.exited
    expect(await stopFamily({ child, marker, graceMs: LONG_MS })).toMatchObject({
      how: 'already-gone',
      leftovers: [],
    })
  })

  it('wins against a family that goes on forking', async () => {
    const { child, marker, line } = await startPuppet({
      command: ['sh', '-c', 'trap "" TERM; echo up; while :; do sleep 0.3 & sleep 0.01; done'],
    })
    await line(/up/)
    expect(await stopFamily({ child, marker, graceMs: 30 })).toMatchObject({ how: 'killed', leftovers: [] })
    expect(listFamily({ marker })).toEqual([])
  })

  it('leaves another family with the same owner name alone', async () => {
    const [one, two] = await Promise.all([
      startPuppet({ command: ['sleep', '1000'] }),
      startPuppet({ command: ['sleep', '1000'] }),
    ])
    await stopFamily({ ...one, graceMs: LONG_MS })
    expect(identify(two.child.pid)).toEqual(two.child.identity)
    await until(() => identify(one.child.pid) === undefined)
  })
})
