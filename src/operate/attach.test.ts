import { expect, it } from 'vitest'
import type { Crew } from '../chain/crew.ts'
import type { EventBody } from '../kernel/event.ts'
import { parseStack } from '../stack/parse.ts'
import { attach } from './attach.ts'
import type { ControlClient } from './control-client.ts'
import type { AttachPart } from './protocol.ts'

/** A supervisor that has a sample to tell as soon as somebody is attached. */
function createClient(): ControlClient {
  return {
    ask: (_ask, options) => {
      const parts: AttachPart[] = [
        { attached: { run: 'r', secrets: [], daemons: [] } },
        { event: { type: 'daemon.sampled', daemon: 'web', cpuPercent: 1, rssBytes: 1, processes: 1 } },
      ]
      for (const part of parts) options?.onPart?.(part)
      return new Promise(() => undefined)
    },
    closed: new Promise(() => undefined),
    close: () => undefined,
  }
}

it('what the supervisor tells while the run is prepared waits until the run has begun', async () => {
  const stack = parseStack('name = "test"\n', '/project/stack.toml')
  if (!stack.ok) throw new Error('the stack is not well')
  const owner = { pid: 1, startTime: '1', run: 'r', since: '', detached: true, stack: 'test' }
  const attached = await attach(createClient(), owner, stack.value)
  if (!attached.ok) throw new Error(attached.error.message)

  const told: string[] = []
  const emit = (event: EventBody): void => {
    // As the chain does, whose crew this is.
    crew.note(event)
    told.push(event.type)
  }
  const context = { emit, currentSmoke: () => null }
  const crew: Crew = attached.value.createCrew(context, new AbortController().signal)
  expect(told).toEqual([])
  expect(await crew.boot([])).toBe(true)
  expect(told).toEqual(['daemon.sampled'])
})
