/** Records of runs for tests, in few words. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { RunRecord, SmokeRecord } from './record.ts'

/** `n` orders the runs by time. */
export const runId = (n: number): string => `20261120T${String(n).padStart(6, '0')}.000Z-abcdef`

/** A smoke that passed. */
export function smokeRecord(smoke: string, more: Partial<SmokeRecord> = {}): SmokeRecord {
  return { smoke, class: 'PASS', ms: 1_000, steps: 1, expectations: 2, slow: 'no', others: 0.125, ...more }
}

/** A green run of d1 and d2 on a quiet machine. */
export function runRecord(n: number, more: Partial<RunRecord> = {}): RunRecord {
  const smokes = more.smokes ?? [smokeRecord('d1'), smokeRecord('d2', { ms: 2_000 })]
  return {
    run: runId(n),
    at: '2026-11-20T10:02:00.000Z',
    stack: 'dev',
    stackFile: '/p/stacks/dev.toml',
    tree: 'a'.repeat(40),
    dirty: false,
    tool: '0.1.0',
    node: 'v24.21.0',
    machine: 'linux-x64 CPU',
    cores: 2,
    load: 0.5,
    stressed: false,
    attached: false,
    whole: true,
    finished: true,
    green: true,
    exitCode: 0,
    gateLine: '--- 2 PASS / 0 FAIL ---',
    bootMs: 420,
    ms: 3_000,
    expectations: 4,
    smokes,
    ...more,
  }
}

/** A folder for logs that goes when the test is over. */
export function createLogs(): string {
  const logs = mkdtempSync(join(tmpdir(), 'smokechain-history-'))
  onTestFinished(() => rmSync(logs, { recursive: true, force: true }))
  return logs
}
