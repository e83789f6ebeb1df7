import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { OTHER_TREE, TREE } from '../claims/fixture.ts'
import { goodClaims, greenChain, parityReport, reviewReport } from './fixture.ts'
import { type GauntletOptions, type GauntletPhases, type PhaseContext, runGauntlet } from './run.ts'
import type { GauntletReport } from './types.ts'

let folder = ''
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'smokechain-gauntlet-')), 'reports')
  onTestFinished(() => rmSync(join(folder, '..'), { recursive: true }))
})

const good: GauntletPhases = {
  chain: async () => greenChain(),
  review: async () => ({ kind: 'report', report: reviewReport(), unseen: [] }),
  parity: async () => [{ suite: 'parity/till.toml', report: parityReport() }],
  claims: async () => goodClaims(),
}

const run = (phases: Partial<GauntletPhases> = {}, more: Partial<GauntletOptions> = {}) =>
  runGauntlet({
    stack: { name: 'shop', file: '/shop/shop.toml' },
    tool: { version: '0.1.0', node: 'v24.0.0', platform: 'linux-x64' },
    commit: 'c'.repeat(40),
    folder,
    phases: { ...good, ...phases },
    signal: new AbortController().signal,
    interruptedBy: () => undefined,
    noteTree: async () => TREE,
    ...more,
  })

const reports = () => readdirSync(folder).filter((name) => name.endsWith('.json'))
const readReport = (name: string): GauntletReport => JSON.parse(readFileSync(join(folder, name), 'utf8'))

describe('a gauntlet', () => {
  it('that finds nothing wrong: ship, a report on the disk, and what its figures come from', async () => {
    const { report, place } = await run()
    expect(report).toMatchObject({ verdict: 'ship', exitCode: 0, finished: true, last: null, tree: TREE })
    expect(readReport(`${place.stem}.json`)).toEqual(report)
    expect(readFileSync(place.markdown, 'utf8')).toMatch(/^# Readiness of shop: \*\*ship\*\*\n/)
    expect(readdirSync(join(folder, `${place.stem}.d`)).sort()).toEqual([
      'claims.json',
      'ledger.json',
      'parity-1.json',
      'review.json',
    ])
    for (const { source } of report.phases.flatMap(({ figures }) => figures)) {
      expect(() => readFileSync(join(folder, source.file))).not.toThrow()
    }
  })

  it.each(['chain', 'review', 'parity', 'claims'] as const)(
    'whose phase %s crashes: unknown, and hold',
    async (name) => {
      const crash = async (): Promise<never> => {
        throw new Error('it \u001b[31mburst\nat line 1')
      }
      const { report } = await run({ [name]: crash })
      const phase = name === 'claims' ? 'assessment' : name
      expect(report).toMatchObject({ verdict: 'hold', exitCode: 1 })
      expect(report.phases).toHaveLength(4)
      expect(report.phases.find((one) => one.phase === phase)).toMatchObject({
        state: 'unknown',
        reasons: ['it crashed: it burst'],
      })
      expect(report.holds[0]?.rule).toBe('H3')
    },
  )

  it('in which files changed: hold', async () => {
    const trees = [TREE, OTHER_TREE]
    const { report } = await run({}, { noteTree: async () => trees.shift() })
    expect(report.holds).toEqual([{ rule: 'H10', text: 'files changed while it ran' }])
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'that is interrupted by %s: a partial report that says so, hold, exit code %i',
    async (signal, code) => {
      const stop = new AbortController()
      let by: GauntletReport['interrupted']
      const review = async () => {
        by = signal
        stop.abort()
        return { kind: 'interrupted' } as const
      }
      const { report, place } = await run({ review }, { signal: stop.signal, interruptedBy: () => by })
      expect(report).toMatchObject({ verdict: 'hold', exitCode: code, interrupted: signal })
      expect(report.phases.map(({ state }) => state)).toEqual([
        'passed',
        'interrupted',
        'not-begun',
        'not-begun',
      ])
      const text = readFileSync(place.markdown, 'utf8')
      expect(text.split('\n').slice(0, 3).join('\n')).toContain(`**PARTIAL**: interrupted by ${signal}.`)
    },
  )

  it('that is killed has left a partial report that says hold', async () => {
    const seen: GauntletReport[] = []
    const look = async () => {
      seen.push(readReport(reports()[0] ?? ''))
      return [{ suite: 'parity/till.toml', report: parityReport() }]
    }
    await run({ parity: look })
    expect(seen[0]).toMatchObject({ finished: false, verdict: 'hold' })
    expect(seen[0]?.phases.map(({ state }) => state)).toEqual(['passed', 'passed', 'not-begun', 'not-begun'])
  })
})

describe('the second of a day', () => {
  it('has a name of its own, and tells what is different', async () => {
    const first = await run()
    const broken = { ...greenChain() }
    if (!broken.ledger) throw new Error('no ledger')
    broken.ledger = { ...broken.ledger, green: false, counts: { ...broken.ledger.counts, PASS: 0, FAIL: 1 } }
    const second = await run({ chain: async () => broken })
    expect(reports()).toHaveLength(2)
    expect(second.place.stem).toBe(`${first.place.stem}-2`)
    expect(second.report.last).toEqual({
      file: `${first.place.stem}.json`,
      at: first.report.at,
      verdict: 'ship',
      differences: [
        'verdict: ship → hold',
        'full chain: passed → failed',
        'smokes passed: 1 → 0',
        'smokes failed: 0 → 1',
      ],
    })
    const third = await run({ chain: async () => broken })
    expect(third.report.last).toMatchObject({ file: `${second.place.stem}.json`, differences: [] })
  })

  it('two that begin at once do not overwrite one another', async () => {
    const places = (await Promise.all([run(), run(), run()])).map(({ place }) => place.stem)
    expect(new Set(places).size).toBe(3)
    expect(reports()).toHaveLength(3)
  })

  it('compares with one of the same stack, and passes over what is none', async () => {
    const first = await run()
    await run({}, { stack: { name: 'other', file: '/other.toml' } })
    writeFileSync(join(folder, '2999-01-01.json'), '{"schema": 1')
    const { report } = await run()
    expect(report.last?.file).toBe(`${first.place.stem}.json`)
    expect(report.notes).toEqual([expect.stringMatching(/^2999-01-01.json is no earlier gauntlet/)])
  })
})

it('what a phase did not get to say has not gone', async () => {
  await run()
  const { report } = await run({
    claims: async () => {
      throw new Error('oh')
    },
    parity: async () => [{ suite: 'parity/till.toml', fault: 'a key is unknown' }],
  })
  expect(report.last?.differences).toEqual([
    'verdict: ship → hold',
    'parity: passed → unknown',
    'assessment: passed → unknown',
  ])
})

it('compares with the last that came to its end; reviews since the last whose review passed', async () => {
  const first = await run({}, { commit: 'a'.repeat(40) })
  const second = await run({ review: async () => ({ kind: 'skipped', reason: 'nobody' }) })
  const stop = new AbortController()
  const cut = async () => {
    stop.abort()
    return greenChain()
  }
  await run({ chain: cut }, { signal: stop.signal, interruptedBy: () => 'SIGINT' })
  const seen: PhaseContext[] = []
  const { report } = await run({
    review: async (context) => {
      seen.push(context)
      return { kind: 'skipped', reason: 'nobody' }
    },
  })
  expect(report.last?.file).toBe(`${second.place.stem}.json`)
  expect(seen[0]?.earlier.reviewed?.file).toBe(`${first.place.stem}.json`)
  expect(seen[0]?.earlier.reviewed?.report.commit).toBe('a'.repeat(40))
})

it('claims, gates, risks, decisions and known gaps that come, go and change are told', async () => {
  const gap = {
    id: 'k',
    case: 'a',
    reason: 'differs',
    date: '2026-11-01',
    state: 'open',
    openPaths: [],
    closedPaths: [],
  } as const
  const risk = { id: 'r', sentence: 's', closes: 'c', claims: [], severity: 'low' } as const
  const decision = { id: 'd', question: 'which?', blocks: false } as const
  const parity = async () => [{ suite: 'p', report: parityReport({ verdict: 'known-gaps', gaps: [gap] }) }]
  await run({
    parity,
    claims: async () =>
      goodClaims({ risks: [{ ...risk, state: 'open' }], decisions: [{ ...decision, state: 'open' }] }),
  })
  const { report } = await run({
    claims: async () => goodClaims({ risks: [{ ...risk, state: 'closed' }], gates: [] }),
  })
  expect(report.last?.differences).toEqual([
    'verdict: ship-with-known-gap → ship',
    'parity: gaps → passed',
    'assessment: gaps → passed',
    'gate g: gone',
    'risk r: open (low) → closed (low)',
    'decision d: gone',
    'known gap k: gone',
    'gates: 1 → 0',
    'gates passed: 1 → 0',
    'risks open: 1 → 0',
    'decisions open: 1 → 0',
  ])
})

it('git ignores the folder, so that a report is no part of the tree it is about', async () => {
  await run()
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n')
})
