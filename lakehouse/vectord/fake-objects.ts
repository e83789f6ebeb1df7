/** Test double of storaged: objects in memory, and faults on demand. */
import type { ObjectStore } from './load.ts'

export interface FakeObjects extends ObjectStore {
  readonly objects: Map<string, Buffer>
  /** Called before each put; throws or waits to misbehave. */
  beforePut: (key: string) => void | Promise<void>
  /** Called after each put has landed. */
  afterPut: (key: string) => void | Promise<void>
}

export function createFakeObjects(objects = new Map<string, Buffer>()): FakeObjects {
  const fake: FakeObjects = {
    objects,
    beforePut: () => undefined,
    afterPut: () => undefined,
    async put(key, bytes) {
      await fake.beforePut(key)
      objects.set(key, Buffer.from(bytes))
      await fake.afterPut(key)
    },
    get: async (key) => objects.get(key),
    delete: async (key) => objects.delete(key),
    async *list(prefix) {
      for (const key of [...objects.keys()].sort()) if (key.startsWith(prefix)) yield { key }
    },
  }
  return fake
}
