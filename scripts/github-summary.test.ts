import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Event } from '../src/kernel/event.ts'
import { Script } from '../src/ledger/test-events.ts'

const SCRIPT = join(import.meta.dirname, 'github-summary.ts')

/** What the script says of a run with this journal; undefined: there is none. */
function tell(events?: readonly Event[]): {
  status: number | null
  stdout: string
  stderr: string
  summary: string
} {
  const dir = mkdtempSync(join(tmpdir(), 'summary-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const file = join(dir, 'summary.md')
  writeFileSync(file, '')
  if (events)
    writeFileSync(join(dir, 'journal.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, dir], {
    encoding: 'utf8',
    env: { ...process.env, GITHUB_STEP_SUMMARY: file },
  })
  return { status, stdout, stderr, summary: readFileSync(file, 'utf8') }
}

it('tells of a run that was killed, and of no other', () => {
  const killed = new Script().start(['d1', 'd2']).boot('queryd').smoke('d1').begin('d2')
  const told = tell(killed.events)
  expect(told).toMatchObject({ status: 0, stderr: '' })
  expect(told.stdout).toContain('::error title=the run did not come to its end::')
  expect(told.summary).toContain('1 PASS / 0 FAIL / 1 NOT RUN / UNFINISHED')

  const silent = { status: 0, stdout: '', stderr: '', summary: '' }
  expect(tell(new Script().start(['d1']).smoke('d1', 'FAIL').stop().finish().events)).toEqual(silent)
  expect(tell()).toEqual(silent)
})
