import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { isOwnerAlive } from './run-owner.ts'

const record = (text: string | undefined): boolean | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'run-owner-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  if (text !== undefined) writeFileSync(join(folder, 'owner.json'), text)
  return isOwnerAlive(folder)
}

it('goes by the process that the record names', () => {
  expect(record(JSON.stringify({ pid: process.pid, since: '2026' }))).toBe(true)
  // Above the largest PID that Linux gives.
  expect(record(JSON.stringify({ pid: 2 ** 22 + 1, since: '2026' }))).toBe(false)
})

it.each([undefined, '', '{"pid":', 'null', '{}', '{"pid":"7"}'])('knows nothing by the record %j', (text) => {
  expect(record(text)).toBeUndefined()
})
