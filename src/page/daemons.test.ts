import { describe, expect, it } from 'vitest'
import { Script } from '../ledger/test-events.ts'
import { type DaemonLife, findCriticalPath, lastNeedOf, readBoot, readDaemons } from './daemons.ts'
import { type RunRecord, recordOf } from './read-run.ts'

const runOf = (script: Script): RunRecord => recordOf('/run', script.events)

const life = (
  name: string,
  spawnedAt: number,
  readyAt: number | undefined,
  needs: string[] = [],
): DaemonLife => ({
  name,
  needs,
  incarnations: [{ number: 1, pid: 1, spawnedAt, ...(readyAt === undefined ? {} : { readyAt }) }],
  samples: [],
  failures: [],
})

describe('the critical path', () => {
  it('leads from the last to become ready back over what each waited for longest', () => {
    const lives = [
      life('store', 0, 500),
      life('embed', 0, 900),
      life('catalog', 510, 700, ['store']),
      life('query', 710, 1_300, ['store', 'catalog']),
      life('gate', 0, 300),
    ]
    expect(findCriticalPath(lives, 1_300)).toEqual(['store', 'catalog', 'query'])
    expect(lastNeedOf(lives[3] ?? life('', 0, 0), lives)).toBe('catalog')
  })

  it('ends with who never became ready', () => {
    expect(
      findCriticalPath([life('store', 0, 500), life('query', 510, undefined, ['store'])], 9_000),
    ).toEqual(['store', 'query'])
  })

  it('is not of those that were started after the boot', () => {
    const lives = [life('store', 0, 500), life('late', 2_000, 2_100, ['store'])]
    expect(findCriticalPath(lives, 600)).toEqual(['store'])
  })

  it('is empty without daemons, and does not turn in a circle', () => {
    expect(findCriticalPath([], 0)).toEqual([])
    expect(findCriticalPath([life('a', 0, 5, ['b']), life('b', 0, 4, ['a'])], 5)).toEqual(['b', 'a'])
  })
})

describe('the life of a daemon', () => {
  it('tells its incarnations, who ended them, and what was running', () => {
    const script = new Script().start(['d1']).boot('store', 'query').begin('d1')
    script.exited('store', { expected: true, code: null, signal: 'SIGKILL', during: 'd1' })
    script
      .spawn('store', 99, [], 2)
      .add({ type: 'daemon.ready', daemon: 'store', incarnation: 2, ms: 5, ownership: 'proven', attempts: 1 })
    script.exited('query', { code: 7, during: 'd1' })
    const [store, query] = readDaemons(runOf(script))
    expect(
      store?.incarnations.map(({ number, ending, exit, during }) => [number, ending, exit, during]),
    ).toEqual([
      [1, 'asked', 'SIGKILL', 'd1'],
      [2, undefined, undefined, undefined],
    ])
    expect(query).toMatchObject({ needs: ['store'], incarnations: [{ ending: 'died', exit: 'exit 7' }] })
  })

  it('is known of those that were never started too', () => {
    const script = new Script()
      .start(['d1'])
      .add({ type: 'boot.started', daemons: ['store', 'query'] })
      .spawn('store', 1)
    script.add({
      type: 'daemon.failed',
      daemon: 'query',
      failure: { tag: 'needs-failed', daemon: 'query', needs: ['store'] },
    })
    const run = runOf(script)
    const lives = readDaemons(run)
    expect(
      lives.map(({ name, incarnations, failures }) => [name, incarnations.length, failures.length]),
    ).toEqual([
      ['store', 1, 0],
      ['query', 0, 1],
    ])
    expect(readBoot(run, lives)).toMatchObject({ ended: false, ok: false, endedAt: run.endMs })
    expect(readBoot(runOf(new Script().start(['d1'])), [])).toBeUndefined()
    const visit = new Script().start(['d1']).add({ type: 'boot.started', daemons: ['store'], attachedTo: 7 })
    expect(readBoot(runOf(visit), [])).toBeUndefined()
  })
})
