import { expect, it } from 'vitest'
import type { Failure } from '../kernel/failure.ts'
import type { CrewMember } from './crew.ts'
import { findLost } from './lost.ts'

const silent: Failure = { tag: 'not-alive', daemon: 'web', probes: [] }
const died: Failure = { tag: 'died', daemon: 'web', code: 1, signal: null, upMs: 5, log: [] }
const foreign: Failure = { tag: 'foreign-listener', daemon: 'web', address: '127.0.0.1:1', holders: [] }

function member(failure: Failure | undefined, o: Partial<CrewMember> = {}): CrewMember {
  return {
    name: 'web',
    state: 'ready',
    pid: 4711,
    checkStillOurs: () => failure,
    logTail: () => [],
    onDeath: () => () => undefined,
    beginUse: () => undefined,
    endUse: () => ({ resources: {} }),
    ...o,
  }
}

const ask = (one: CrewMember, deaths: Failure[] = []): Promise<readonly Failure[]> =>
  findLost(['web', 'none'], new Map([['web', one]]), deaths)

it('finds nothing wrong with daemons that are as they were', async () =>
  expect(await ask(member(undefined))).toEqual([]))

it('a daemon whose sockets have gone is waited for: its death is the cause', async () => {
  const deaths: Failure[] = []
  const onDeath = (tell: (failure: Failure) => void) => {
    setImmediate(() => {
      deaths.push(died)
      tell(died)
    })
    return () => undefined
  }
  expect(await ask(member(silent, { onDeath }), deaths)).toEqual([died])
})

it('one that goes on without its sockets has lost them', async () =>
  expect(await ask(member(silent))).toEqual([silent]))

it('nobody is waited for when the end was told, or none is to come', async () => {
  const onDeath = (): never => {
    throw new Error('waited for')
  }
  expect(await ask(member(died, { state: 'dead', onDeath }))).toEqual([died])
  expect(await ask(member(foreign, { onDeath }))).toEqual([foreign])
  const deaths = [died]
  const found = await ask(member(silent, { onDeath }), deaths)
  expect(found).toEqual([died])
  expect(found).not.toBe(deaths)
})
