import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadSqlite } from './sqlite.ts'

afterEach(() => vi.restoreAllMocks())

describe('loading SQLite', () => {
  it('keeps its own warning off the screen, and no other', () => {
    const shown = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const restored = process.emitWarning
    vi.spyOn(process, 'getBuiltinModule').mockImplementation((() => {
      const about = 'SQLite is an experimental feature and might change at any time'
      process.emitWarning(about, 'ExperimentalWarning')
      process.emitWarning(about, 'DeprecationWarning')
      process.emitWarning('Another is an experimental feature', 'ExperimentalWarning')
      return {}
    }) as unknown as typeof process.getBuiltinModule)
    loadSqlite()
    expect(shown.mock.calls.map(([text, kind]) => `${kind}: ${String(text).slice(0, 10)}`)).toEqual([
      'DeprecationWarning: SQLite is ',
      'ExperimentalWarning: Another is',
    ])
    expect(process.emitWarning).toBe(restored)
  })
  it('puts everything back when there is none', () => {
    const before = process.emitWarning
    vi.spyOn(process, 'getBuiltinModule').mockImplementation((() => undefined) as never)
    expect(loadSqlite).toThrow('no node:sqlite')
    expect(process.emitWarning).toBe(before)
  })
})
