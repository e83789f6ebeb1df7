import { expect, it } from 'vitest'
import type { CheckReport, Finding } from '../../doctor/finding.ts'
import { renderApplied, renderList, renderPlan, renderReport, renderReportJson } from './doctor.ts'
import { createPaint } from './paint.ts'

const report = (...findings: Finding[]): CheckReport => ({
  id: 'c',
  group: 'machine',
  title: 't',
  state: 'done',
  ms: 1.4,
  findings,
})

const TAKEN: Finding = {
  id: 'addresses.taken',
  severity: 'error',
  daemon: 'web',
  summary: '127.0.0.1:8080 of web is held by another process',
  evidence: ['PID 7 (nginx …)'],
  remedy: 'kill 7',
}
const STALE: Finding = {
  id: 'leases.stale',
  severity: 'warning',
  summary: '1 lease is stale',
  remedy: 'smokechain doctor --fix leases',
  fix: { does: 'give back the stale lease of port 20001', apply: () => Promise.resolve(undefined) },
}
const UNKNOWN: Finding = {
  id: 's3.unknown',
  severity: 'could-not-check',
  summary: 'not up',
  remedy: 'smokechain up',
}
const WELL: Finding = { id: 'disk.room', severity: 'ok', summary: 'room', evidence: ['1 GiB free'] }
const ALL = [report(WELL, STALE), report(UNKNOWN, TAKEN)]

it('tells errors first, each with evidence and remedy, and counts', () =>
  expect(`\n${renderReport(ALL, createPaint(false)).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    ERROR    127.0.0.1:8080 of web is held by another process [addresses.taken]
             PID 7 (nginx …)
             remedy: kill 7
    WARN     1 lease is stale [leases.stale]
             remedy: smokechain doctor --fix leases
             with --fix: give back the stale lease of port 20001
    UNKNOWN  not up [s3.unknown]
             remedy: smokechain up
    ok       room [disk.room]

    --- doctor: 1 error, 1 warning, 1 could not be checked, 1 ok ---
    "
  `))

it('colours only what carries meaning', () =>
  expect(renderReport([report(TAKEN)], createPaint(true))[0]).toContain('\u001b[31mERROR'))

it('prints the same as JSON: the fields of findings, and no functions', () =>
  expect(
    renderReportJson(ALL, {
      stack: { name: 's', file: '/s.toml' },
      fixes: [{ id: 'x', does: 'y' }],
      exitCode: 1,
    }),
  ).toMatchInlineSnapshot(`
    "{
      "schema": 1,
      "stack": {
        "name": "s",
        "file": "/s.toml"
      },
      "fixes": [
        {
          "id": "x",
          "does": "y"
        }
      ],
      "exitCode": 1,
      "checks": [
        {
          "id": "c",
          "group": "machine",
          "state": "done",
          "ms": 1
        },
        {
          "id": "c",
          "group": "machine",
          "state": "done",
          "ms": 1
        }
      ],
      "findings": [
        {
          "id": "addresses.taken",
          "severity": "error",
          "daemon": "web",
          "summary": "127.0.0.1:8080 of web is held by another process",
          "evidence": [
            "PID 7 (nginx …)"
          ],
          "remedy": "kill 7"
        },
        {
          "id": "leases.stale",
          "severity": "warning",
          "summary": "1 lease is stale",
          "evidence": [],
          "remedy": "smokechain doctor --fix leases",
          "fix": "give back the stale lease of port 20001"
        },
        {
          "id": "s3.unknown",
          "severity": "could-not-check",
          "summary": "not up",
          "evidence": [],
          "remedy": "smokechain up"
        },
        {
          "id": "disk.room",
          "severity": "ok",
          "summary": "room",
          "evidence": [
            "1 GiB free"
          ]
        }
      ]
    }
    "
  `))

it('prints nothing of a finding that is not on its list', () => {
  const secretive = { ...TAKEN, secret: 'swordfish' }
  const json = renderReportJson([report(secretive)], { stack: { file: '/s.toml' }, exitCode: 1 })
  expect(json + renderReport([report(secretive)], createPaint(false)).join('\n')).not.toContain('swordfish')
})

it('says what it will do, then how it went', () => {
  expect(renderPlan([])).toEqual(['nothing here can be fixed by the doctor', ''])
  expect([
    ...renderPlan([{ does: 'do this' }]),
    ...renderApplied(
      [
        { id: 'a', does: 'do this' },
        { id: 'b', does: 'do that', obstacle: 'busy' },
      ],
      createPaint(false),
    ),
  ]).toEqual(['the doctor will:', '  do this', 'done: do this', 'failed: do that: busy', ''])
})

it('lists checks in columns', () =>
  expect(
    renderList([{ id: 'disk', group: 'machine', title: 'free space', deadlineMs: 1, run: () => [] }]),
  ).toEqual(['check  group    looks at', 'disk   machine  free space']))
