import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { failure, row, runOf, TREE } from '../../claims/fixture.ts'
import { goodClaims, greenChain, parityReport } from '../../gauntlet/fixture.ts'
import { renderGauntletMarkdown } from '../../gauntlet/markdown.ts'
import { type GauntletPhases, runGauntlet } from '../../gauntlet/run.ts'
import type { GauntletReport } from '../../gauntlet/types.ts'
import type { GapReport } from '../../parity/types.ts'
import { renderGauntlet } from './gauntlet.ts'
import { createPaint } from './paint.ts'

const GAP: GapReport = {
  ...{ id: 'tagged', case: 'a', reason: 'one side tags its faults', date: '2026-11-01', state: 'open' },
  ...{ openPaths: [], closedPaths: [] },
}
const RISK = { sentence: 'the | cellar', closes: 'a pump', claims: ['a'] }

const first: GauntletPhases = {
  chain: async () => greenChain(),
  review: async () => ({ kind: 'skipped', reason: 'no reviewer is configured in reviewers.toml' }),
  parity: async () => [
    { suite: 'parity/till.toml', report: parityReport({ verdict: 'known-gaps', gaps: [GAP] }) },
  ],
  claims: async () =>
    goodClaims({
      risks: [
        { ...RISK, id: 'flood', severity: 'high', state: 'accepted' },
        { ...RISK, id: 'fire', severity: 'low', state: 'closed' },
      ],
      decisions: [{ id: 'form', question: 'tagged or flat?', state: 'open', blocks: false }],
    }),
}
const second: GauntletPhases = {
  ...first,
  chain: async () => ({
    exitCode: 1,
    ledger: {
      ...runOf([
        row('d1', ['a'], {
          class: 'FAIL',
          failures: [failure('d1: step "an order that is kept over a restart of everything" failed: status')],
        }),
      ]).ledger,
    },
  }),
  review: async () => {
    throw new Error('the endpoint burst')
  },
}

/** What differs from run to run is taken out. */
function settle(report: GauntletReport): GauntletReport {
  const at = '2026-11-20T12:00:00.000Z'
  return {
    ...report,
    at,
    ms: 1_000,
    phases: report.phases.map((phase) => ({ ...phase, ms: 1_000 })),
    last: report.last && { ...report.last, file: '2026-11-19.json', at },
  }
}

async function run(): Promise<GauntletReport[]> {
  const folder = mkdtempSync(join(tmpdir(), 'smokechain-render-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const reports: GauntletReport[] = []
  for (const phases of [first, second]) {
    const { report } = await runGauntlet({
      ...{ stack: { name: 'shop', file: '/shop/shop.toml' }, commit: 'c'.repeat(40), folder, phases },
      tool: { version: '0.1.0', node: 'v24.0.0', platform: 'linux-x64' },
      signal: new AbortController().signal,
      interruptedBy: () => undefined,
      noteTree: async () => TREE,
    })
    // Names of files hold the day.
    reports.push(
      settle(JSON.parse(JSON.stringify(report).replaceAll(/\d{4}-\d\d-\d\d(-\d)?\.d/g, 'today.d'))),
    )
  }
  return reports
}

it('a report that ships with known gaps, and one that holds: what a person reads', async () => {
  for (const report of await run()) {
    const view = { paint: createPaint(false), width: 80, cwd: '/shop' }
    const lines = renderGauntlet(report, '/shop/reports/gauntlet/today.md', view)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines.join('\n')).toMatchSnapshot()
    expect(renderGauntletMarkdown(report)).toMatchSnapshot()
  }
})
