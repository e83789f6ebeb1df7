import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parseTestReport, readTestReport } from './test-report.ts'

const result = (fullName: string, status = 'passed') => ({ fullName, status, title: fullName })

it('takes the tests that name claims, with the three ways to come out', () => {
  const text = JSON.stringify({
    startTime: Date.UTC(2026, 10, 20, 9),
    testResults: [
      { assertionResults: [result('store keeps [claim:kept]'), result('store counts')] },
      {
        assertionResults: [
          result('all [claim:kept] of it [claim:seen]', 'failed'),
          result('later [claim:kept]', 'pending'),
        ],
      },
    ],
  })
  expect(parseTestReport('/r.json', text)).toEqual({
    file: '/r.json',
    at: '2026-11-20T09:00:00.000Z',
    results: [
      { title: 'store keeps', claims: ['kept'], result: 'PASS' },
      { title: 'all of it', claims: ['kept', 'seen'], result: 'FAIL' },
      { title: 'later', claims: ['kept'], result: 'SKIP' },
    ],
  })
})

it.each([
  ['cut off', '{"testResults": [', 'it is no JSON: it may have been cut off'],
  ['something else', '[]', 'it is no JSON report of vitest or jest (testResults, assertionResults)'],
])('says what is wrong with a report that is %s', (_, text, fault) =>
  expect(parseTestReport('/r.json', text)).toEqual({ file: '/r.json', fault, results: [] }),
)

it('takes a time that is none for no time', () =>
  expect(parseTestReport('/r.json', '{"startTime": 1e300, "testResults": []}')).toEqual({
    file: '/r.json',
    results: [],
  }))

it('shows no control characters of a title', () => {
  const text = JSON.stringify({
    testResults: [{ assertionResults: [result('a \u001b[31mred\u0007 [claim:x]')] }],
  })
  expect(parseTestReport('/r.json', text).results[0]?.title).toBe('a red\ufffd')
})

it('reads files, and tells what cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'smokechain-report-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'tests.json'), '{"testResults": []}')
  expect(readTestReport(join(folder, 'tests.json')).fault).toBeUndefined()
  expect(readTestReport(join(folder, 'none.json')).fault).toBe('it is not there')
  expect(readTestReport(folder).fault).toMatch(/^it cannot be read: /)
})
