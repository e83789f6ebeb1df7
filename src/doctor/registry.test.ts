import { expect, it } from 'vitest'
import { GROUPS } from './check.ts'
import { CHECKS, selectChecks } from './registry.ts'

const idsOf = (names: readonly string[]) => {
  const selected = selectChecks(names)
  return selected.ok ? selected.value.map(({ id }) => id) : selected.error
}

it('has one check for each name, a group for each check, and a deadline for all', () => {
  expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length)
  expect(GROUPS.filter((group) => !CHECKS.some((check) => check.group === group))).toEqual([])
  expect(CHECKS.filter(({ deadlineMs }) => deadlineMs <= 0)).toEqual([])
})

it('takes names of checks and of groups, in its own order, each once', () => {
  expect(idsOf([])).toHaveLength(CHECKS.length)
  expect(idsOf(['hook', 'machine', 'disk'])).toEqual(['disk', 'limits', 'memory', 'hook'])
  expect(idsOf(['hook,disk'])).toEqual(['disk', 'hook'])
})

it('names each unknown name and the nearest known one', () =>
  expect(idsOf(['hok', 'xyzzy'])).toEqual([
    expect.stringContaining('no check or group named "hok"; did you mean "hook"?'),
    expect.stringContaining('no check or group named "xyzzy" (known: '),
  ]))
