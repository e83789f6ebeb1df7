import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listProcesses } from '../host/process-table.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import { createRig, FIXTURES, type Rig } from './fixtures/rig.ts'
import type { SmokeOutcome } from './types.ts'

let rig: Rig
beforeAll(async () => {
  rig = await createRig({ dir: join(FIXTURES, 'exec') })
})
afterAll(() => rig.close())

const readable = (outcome: SmokeOutcome): string =>
  outcome.failures
    .map(renderFailure)
    .map(({ headline, detail }) => [headline, ...detail.map((line) => `  ${line}`)].join('\n'))
    .join('\n')
    .replace(/\b\d+ \(sleep/g, '<pid> (sleep')

/** What it used is told only of a program that ran long enough to be looked at. */
async function judge(id: string): Promise<Omit<SmokeOutcome, 'own'>> {
  const { own: _own, ...judged } = await rig.run(id)
  return judged
}

describe('an executable smoke', () => {
  it('passes with exit code 0, and finds the stack in its environment', async () => {
    expect(await judge('plain')).toEqual({ verdict: 'PASS', failures: [], steps: 1, expectations: 1 })
  })

  it('is skipped with exit code 77, its last line being the reason', async () => {
    const outcome = await rig.run('skipped')
    expect(outcome).toMatchObject({ verdict: 'SKIP', failures: [], reason: 'curl is not installed' })
  })

  it('has its TAP points counted as steps', async () => {
    const from = rig.events.length
    expect(await judge('tap')).toEqual({ verdict: 'PASS', failures: [], steps: 4, expectations: 2 })
    const finished = rig.events
      .slice(from)
      .flatMap((event) =>
        event.type === 'step.finished' ? [[event.step, event.ok, event.expectations, event.claims]] : [],
      )
    expect(finished).toEqual([
      ['rows are counted', true, 1, undefined],
      ['sums are right', true, 1, ['exact-sums']],
      ['no network', true, 0, undefined],
      ['dates', true, 0, undefined],
    ])
  })

  it('may skip itself by its plan', async () => {
    expect(await rig.run('tap-skips-all')).toMatchObject({ verdict: 'SKIP', reason: 'no database here' })
  })

  it.each(['fails', 'killed', 'tap-fails', 'tap-claims-nothing', 'hangs', 'leaves-child', 'binary-talk'])(
    '%s: fails with a message that says why',
    async (id) => {
      const outcome = await rig.run(id)
      expect(outcome.verdict).toBe('FAIL')
      expect(readable(outcome)).toMatchSnapshot()
    },
  )

  it('is described by its header', async () => {
    const [plain, fails] = await rig.describe('plain', 'fails')
    expect(plain).toMatchObject({
      title: 'a plain program that exits 0 passes',
      why: 'any language will do',
      needs: ['shop'],
      budgetMs: 20_000,
    })
    expect(fails).toMatchObject({ title: 'fails.sh exits 0', needs: ['shop', 'till'], budgetMs: 30_000 })
  })

  it('leaves nothing running', async () => {
    const outcome = await rig.run('leaves-child')
    const [failure] = outcome.failures
    const pid = Number(/(\d+) \(sleep/.exec(failure?.tag === 'smoke-broken' ? failure.detail : '')?.[1])
    expect(pid).toBeGreaterThan(0)
    expect(listProcesses().some((p) => p.pid === pid)).toBe(false)
  })

  it('that cannot be started says so', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'smoke-exec-'))
    const file = join(dir, 'gone.sh')
    copyFileSync(join(FIXTURES, 'exec', 'plain.sh'), file)
    chmodSync(file, 0o755)
    const other = await createRig({ dir })
    const [info] = await other.describe('gone')
    rmSync(dir, { recursive: true })
    const outcome = info && (await other.runner.run(info, { signal: new AbortController().signal }))
    await other.close()
    expect(outcome?.failures).toMatchObject([{ tag: 'smoke-broken', how: 'exited' }])
  })
})
