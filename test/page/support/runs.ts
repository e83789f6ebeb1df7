/** Run directories made by hand: what a run of three hundred smokes, or of hostile daemons, leaves. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Event } from '../../../src/kernel/event.ts'
import { Script } from '../../../src/ledger/test-events.ts'
import { writeReport } from '../../../src/page/report.ts'

/** Removed when the test is over. */
function makeRunFolder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'smokechain-page-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const folder of ['daemons', 'smokes']) mkdirSync(join(dir, folder))
  return dir
}

/** Writes the journal and the logs by their names, and the page. @returns the page's path. */
export async function reportOn(
  events: readonly Event[],
  logs: Readonly<Record<string, string | Uint8Array>> = {},
  dir = makeRunFolder(),
): Promise<string> {
  writeFileSync(join(dir, 'journal.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  for (const [daemon, content] of Object.entries(logs))
    writeFileSync(join(dir, 'daemons', `${daemon}.log`), content)
  return await writeReport({ dir })
}

/** A chain of so many smokes; each seventh fails. */
export function manySmokes(count: number, steps = 12): Script {
  const chain = Array.from({ length: count }, (_, i) => `smoke_${String(i + 1).padStart(3, '0')}`)
  const script = new Script().start(chain).boot('store', 'query', 'front')
  for (const [i, smoke] of chain.entries()) {
    script.begin(smoke, `promise number ${i + 1} is kept`)
    const fails = i % 7 === 6
    for (let index = 0; index < steps; index += 1) addStep(script, smoke, index, fails && index === steps - 1)
    script.end(smoke, fails ? 'FAIL' : 'PASS', {
      ms: 16 * steps + 10,
      steps,
      expectations: 2 * steps,
      title: `promise number ${i + 1} is kept`,
    })
    for (const daemon of ['store', 'query', 'front']) {
      const rssBytes = (90 + 30 * Math.sin(i / 9)) * 2 ** 20
      script.add(
        { type: 'daemon.sampled', daemon, cpuPercent: 20 + 15 * Math.cos(i / 5), rssBytes, processes: 1 },
        0,
      )
    }
  }
  return script.stop().finish()
}

function addStep(script: Script, smoke: string, index: number, fails: boolean): void {
  const step = `it answers question ${index + 1} of ${smoke}`
  const request = {
    daemon: 'query',
    method: 'POST',
    path: `/v1/answers/${index}`,
    sent: '{"question":"how many?"}',
  }
  const mismatch = { what: '$.n', expected: '42', received: '41' }
  script.add({ type: 'step.started', smoke, step, index })
  script.add(
    {
      type: 'step.finished',
      ...{ smoke, step, index, ok: !fails, ms: 6, expectations: 2 },
      requests: [{ ...request, status: 200, ms: 5.2, bytes: 8, answer: fails ? '{"n":41}' : '{"n":42}' }],
      checks: [
        { what: 'status', ok: true, expected: '200', received: '200', request: 0 },
        {
          ...(fails ? mismatch : { what: 'json', expected: '{ "n": 42 }', received: '{ "n": 42 }' }),
          ok: !fails,
          request: 0,
        },
      ],
      ...(fails && { failure: { tag: 'step-failed', smoke, step, mismatches: [mismatch] } }),
    },
    6,
  )
}
