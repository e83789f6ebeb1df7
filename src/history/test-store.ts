/** A store in a folder of its own, for tests. */
import { join } from 'node:path'
import type { RunRecord } from './record.ts'
import { type HistoryStore, type StoreOptions, withHistory } from './store.ts'
import { createLogs, runRecord } from './test-records.ts'

export const createPath = (): string => join(createLogs(), 'history.db')

/** What `use` gave; throws what the store had to say. */
export function using<T>(path: string, use: (store: HistoryStore) => T, o: Partial<StoreOptions> = {}): T {
  const result = withHistory(path, { writable: true, ...o }, use)
  if (!result.ok) throw new Error(result.error)
  return result.value
}

export const add = (path: string, ...records: readonly RunRecord[]): void =>
  using(path, (store) => store.add(records))

/** What is said instead of an answer. */
export function refusal(path: string, o: Partial<StoreOptions> = {}): string {
  const result = withHistory(path, { writable: true, busyMs: 1, ...o }, (store) => store.add([runRecord(1)]))
  return result.ok ? 'it worked' : result.error.replaceAll(path, 'history.db')
}
