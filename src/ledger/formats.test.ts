/** Text, JSON and exit code come from one verdict; here every mix of what can happen is driven through them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { VerdictClass } from '../kernel/event.ts'
import { VERDICT_CLASSES } from './classes.ts'
import { ledgerJsonSchema, parseLedgerJson } from './json.ts'
import { renderLedgerJson } from './json-document.ts'
import { Script } from './test-events.ts'
import { renderGateLine, renderLedger } from './text.ts'
import { verdictOf } from './verdict.ts'

const CHAIN = [
  ...['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'g1', 'g1p', 'g2', 'chatd', 'downgrade', 'matrix', 'observer'],
  ...['pathway', 'playbook', 'relevance', 'storaged_cap', 'workflow', 'materializer', 'replay', 'validatord'],
]

describe('the text ledger', () => {
  it('is to the letter what people gate on', () => {
    const script = new Script().start(CHAIN).boot('storaged')
    for (const smoke of CHAIN) script.smoke(smoke, 'PASS', { ms: smoke === 'd2' ? 21_999 : 300 })
    const text = renderLedger(verdictOf(script.stop().finish().events))
    expect(text.split('\n').slice(0, 3)).toEqual(['PASS d1 0s', 'PASS d2 21s', 'PASS d3 0s'])
    expect(text.endsWith('PASS validatord 0s\n--- 21 PASS / 0 FAIL ---\n')).toBe(true)
    expect(text.split('\n')).toHaveLength(23)
  })

  it('appends what else occurs, in a fixed order', () => {
    const script = new Script().start(['a', 'b', 'c', 'd', 'e'], ['a', 'b', 'c', 'd', 'e'])
    script
      .smoke('a')
      .smoke('b', 'FAIL')
      .smoke('c', 'BLOCKED')
      .smoke('d', 'SKIP')
      .died('queryd', null)
      .leak('PID 7')
    expect(renderGateLine(verdictOf(script.stop(1).finish().events))).toBe(
      '--- 1 PASS / 1 FAIL / 1 BLOCKED / 1 SKIP / 1 NOT RUN / 1 LEAK / 1 DIED ---',
    )
    script.add({ type: 'interrupted', signal: 'SIGINT' }, 0)
    script.add({ type: 'evidence.lost', failure: { tag: 'evidence-lost', path: 'j', reason: 'ENOSPC' } })
    script.add({ type: 'tool.fault', failure: { tag: 'tool-fault', message: 'bug' } })
    expect(renderLedger(verdictOf(script.events))).toBe(
      [
        'PASS a 1s',
        'FAIL b 1s',
        'BLOCKED c 1s',
        'SKIP d 1s',
        'NOT RUN e 0s',
        '--- 1 PASS / 1 FAIL / 1 BLOCKED / 1 SKIP / 1 NOT RUN / 1 LEAK / 1 DIED / INTERRUPTED / EVIDENCE LOST / TOOL FAULT ---',
        '',
      ].join('\n'),
    )
  })
})

/** The exit code as a reader of nothing but the last line would work it out. */
function codeOf(gateLine: string): number {
  if (/EVIDENCE LOST|TOOL FAULT/.test(gateLine)) return 70
  if (/INTERRUPTED/.test(gateLine)) return 130
  if (/UNFINISHED/.test(gateLine)) return 70
  if (/BOOT FAILED/.test(gateLine)) return 3
  if (/[1-9]\d* (FAIL|BLOCKED|NOT RUN|LEAK|DIED)/.test(gateLine)) return 1
  return /NOTHING SELECTED/.test(gateLine) ? 4 : 0
}

const MISHAPS = ['leak', 'death', 'interrupted', 'lost', 'fault', 'boot', 'killed', 'part'] as const
type Mishap = (typeof MISHAPS)[number]

function play(classes: readonly VerdictClass[], mishaps: ReadonlySet<Mishap>): Script {
  const chain = ['s0', 's1', 's2', 's3'].slice(0, classes.length + (mishaps.has('part') ? 1 : 0))
  const selected = chain.slice(0, classes.length)
  const script = new Script().start(chain, selected).add({ type: 'boot.started', daemons: ['queryd'] })
  script.up('queryd', 7).add({ type: 'boot.finished', ok: !mishaps.has('boot'), ms: 9 })
  for (const [i, verdict] of classes.entries()) if (verdict !== 'NOT RUN') script.smoke(`s${i}`, verdict)
  if (mishaps.has('death')) script.died('queryd', null)
  if (mishaps.has('interrupted')) script.add({ type: 'interrupted', signal: 'SIGINT' })
  if (mishaps.has('leak')) script.leak('PID 7 (sleep 60)')
  if (mishaps.has('lost')) {
    script.add({ type: 'evidence.lost', failure: { tag: 'evidence-lost', path: 'j', reason: 'ENOSPC' } })
  }
  if (mishaps.has('fault')) script.add({ type: 'tool.fault', failure: { tag: 'tool-fault', message: 'bug' } })
  script.stop(mishaps.has('leak') ? 1 : 0)
  return mishaps.has('killed') ? script : script.finish()
}

function* mixes(length: number): Generator<VerdictClass[]> {
  if (length === 0) yield []
  else for (const rest of mixes(length - 1)) for (const verdict of VERDICT_CLASSES) yield [verdict, ...rest]
}

function* subsets(): Generator<Set<Mishap>> {
  for (let bits = 0; bits < 2 ** MISHAPS.length; bits += 1) {
    yield new Set(MISHAPS.filter((_, i) => (bits & (1 << i)) !== 0))
  }
}

it('text, JSON and exit code never disagree', () => {
  let green = 0
  let runs = 0
  for (const length of [0, 1, 2, 3]) {
    for (const classes of mixes(length)) {
      for (const mishaps of subsets()) {
        const verdict = verdictOf(play(classes, mishaps).events)
        const lines = renderLedger(verdict).trimEnd().split('\n')
        const gateLine = lines.at(-1) ?? ''
        const context = `${classes.join()} + ${[...mishaps].join()}: ${gateLine}`
        const clean = classes.length > 0 && classes.every((c) => c === 'PASS') && mishaps.size === 0

        expect(codeOf(gateLine), context).toBe(verdict.exitCode)
        expect(verdict.green, context).toBe(clean)
        expect(lines.slice(0, -1), context).toEqual(
          verdict.rows.map((r) => `${r.class} ${r.smoke} ${r.seconds}s`),
        )
        expect(
          verdict.rows.map((r) => r.class),
          context,
        ).toEqual(classes)
        if (mishaps.size === 0) {
          const read = parseLedgerJson(renderLedgerJson(verdict))
          expect(read).toMatchObject({ exitCode: verdict.exitCode, green: verdict.green, gateLine })
          expect(read.rows.map((r) => r.class)).toEqual(classes)
        }
        green += verdict.green ? 1 : 0
        runs += 1
      }
    }
  }
  expect({ green, runs }).toEqual({ green: 3, runs: (1 + 5 + 25 + 125) * 256 })
})

describe('ledger.json', () => {
  it('has the published schema', () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../docs/ledger.schema.json', import.meta.url), 'utf8'),
    )
    // To publish a change: node src/smokechain.mjs schema ledger > docs/ledger.schema.json, then just fix.
    expect(published).toEqual(ledgerJsonSchema())
  })
  it('tells failures as facts and in words', () => {
    const script = new Script()
      .start(['d1'])
      .begin('d1')
      .died('queryd', 'd1', ['panic'])
      .end('d1', 'PASS')
      .finish()
    const [row] = parseLedgerJson(renderLedgerJson(verdictOf(script.events))).rows
    expect(row).toMatchObject({
      class: 'FAIL',
      failures: [
        {
          tag: 'died',
          headline: expect.stringMatching(/^queryd died after /),
          data: { code: 1, log: ['panic'] },
        },
      ],
    })
  })
  it('of another version is refused, and the message names the field', () => {
    const text = renderLedgerJson(verdictOf(new Script().start(['d1']).smoke('d1').finish().events))
    expect(() => parseLedgerJson(text.replace('"schema": 1', '"schema": 2'))).toThrow(
      /schema 1: [\s\S]*→ at schema/,
    )
  })
})
