/**
 * Evidence from tests: a report that a test runner wrote as JSON (vitest and jest have the same form). A test names its
 * claims in its title: `it('refuses 0.0.0.0 [claim:loopback-only]', …)`.
 */
import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { readClaimTags, stripClaimTags } from '../kernel/claim-tags.ts'
import { hasCode, messageOf } from '../kernel/errno.ts'
import { bounded, printable } from '../kernel/text.ts'
import { formatBytes } from '../kernel/units.ts'
import type { TestReport, TestResult } from './types.ts'

const MOST_BYTES = 64 * 2 ** 20
const TITLE_LENGTH = 300

const report = z.looseObject({
  startTime: z.number().optional(),
  testResults: z.array(
    z.looseObject({
      assertionResults: z.array(z.looseObject({ fullName: z.string(), status: z.string() })),
    }),
  ),
})

/** Reads a report; why it cannot be used is told in it. Never throws. */
export function readTestReport(file: string): TestReport {
  try {
    const { size } = statSync(file)
    if (size > MOST_BYTES) return without(file, `it is larger than ${formatBytes(MOST_BYTES)}`)
    return parseTestReport(file, readFileSync(file, 'utf8'))
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return without(file, 'it is not there')
    return without(file, `it cannot be read: ${messageOf(error)}`)
  }
}

const without = (file: string, fault: string): TestReport => ({ file, fault, results: [] })

/** The tests of a report that name claims. */
export function parseTestReport(file: string, text: string): TestReport {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return without(file, 'it is no JSON: it may have been cut off')
    throw error
  }
  const parsed = report.safeParse(json)
  if (!parsed.success) {
    return without(file, 'it is no JSON report of vitest or jest (testResults, assertionResults)')
  }
  const { startTime, testResults } = parsed.data
  return {
    file,
    ...(startTime !== undefined && isTime(startTime) && { at: new Date(startTime).toISOString() }),
    results: testResults.flatMap(({ assertionResults }) => assertionResults.flatMap(readResult)),
  }
}

const isTime = (ms: number): boolean => !Number.isNaN(new Date(ms).getTime())

function readResult({ fullName, status }: { fullName: string; status: string }): TestResult[] {
  const claims = readClaimTags(fullName)
  if (claims.length === 0) return []
  const title = bounded(printable(stripClaimTags(fullName)), TITLE_LENGTH)
  // Whatever is neither passed nor failed (skipped, pending, todo) did not run.
  const result = status === 'passed' ? 'PASS' : status === 'failed' ? 'FAIL' : 'SKIP'
  return [{ title, claims, result }]
}
