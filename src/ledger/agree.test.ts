/**
 * The formats come from one verdict, so they can never disagree. Here every mix of what can happen to a run goes
 * through all of them; each is read back by a reader of its own, and all must tell the same.
 */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Parser, type Result } from 'tap-parser'
import { describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import type { VerdictClass } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { renderGithub } from './github.ts'
import { renderLedgerJson } from './json-document.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { renderTap } from './tap.ts'
import { Script } from './test-events.ts'
import { renderLedger } from './text.ts'
import { type Verdict, verdictOf } from './verdict.ts'

/** What may become of a smoke. `cut short`: begun, and no end; `NOT RUN`: never begun. */
const FATES = ['PASS', 'FAIL', 'BLOCKED', 'SKIP', 'NOT RUN', 'cut short'] as const
type Fate = (typeof FATES)[number]

const MISHAPS = [
  'boot',
  'leak',
  'death',
  'interrupted',
  'fault',
  'lost',
  'killed',
  'attached',
  'part',
] as const
type Mishap = (typeof MISHAPS)[number]

function play(fates: readonly Fate[], mishaps: ReadonlySet<Mishap>): Verdict {
  const selected = fates.map((_, i) => `s${i}`)
  const script = new Script().start(mishaps.has('part') ? [...selected, 'more'] : selected, selected)
  script.add({
    type: 'boot.started',
    daemons: ['queryd'],
    ...(mishaps.has('attached') && { attachedTo: 77 }),
  })
  if (mishaps.has('boot')) script.add({ type: 'daemon.failed', daemon: 'queryd', failure: EARLY })
  else script.up('queryd', 7)
  script.add({ type: 'boot.finished', ok: !mishaps.has('boot'), ms: 9 })
  for (const [i, fate] of fates.entries()) playSmoke(script, `s${i}`, fate)
  if (mishaps.has('death')) script.died('catalogd', null)
  if (mishaps.has('interrupted')) script.add({ type: 'interrupted', signal: 'SIGINT' })
  if (mishaps.has('leak')) script.leak('PID 7 (sleep 60)').leak('PID 8 (sleep 61)')
  if (mishaps.has('lost')) script.add({ type: 'evidence.lost', failure: LOST })
  if (mishaps.has('fault')) script.add({ type: 'tool.fault', failure: { tag: 'tool-fault', message: 'bug' } })
  script.stop(mishaps.has('leak') ? 2 : 0)
  return verdictOf((mishaps.has('killed') ? script : script.finish()).events)
}

const LOST: Failure = { tag: 'evidence-lost', path: 'junit.xml', reason: 'ENOSPC' }
const EARLY: Failure = {
  ...{ tag: 'exited-before-ready', daemon: 'queryd', code: 1, signal: null, afterMs: 3 },
  log: [],
}

function playSmoke(script: Script, smoke: string, fate: Fate): void {
  if (fate === 'NOT RUN') return
  if (fate === 'cut short') script.begin(smoke).step(smoke, 'the answer is right')
  else if (fate !== 'FAIL') script.smoke(smoke, fate)
  else {
    const failure: Failure = { tag: 'step-failed', smoke, step: 'two', mismatches: [] }
    script.begin(smoke).step(smoke, 'one').step(smoke, 'two', failure)
    script.end(smoke, 'FAIL', { steps: 2, failures: [failure] })
  }
}

/** What every format can tell: how many smokes became what, what else was wrong, and whether the run passed. */
interface Reading {
  readonly passed: number
  readonly failed: number
  readonly errored: number
  readonly skipped: number
  readonly troubles: number
  readonly ok: boolean
}

const classOf = (fate: Fate): VerdictClass => (fate === 'cut short' ? 'NOT RUN' : fate)
const tally = <T>(items: readonly T[], test: (item: T) => boolean): number => items.filter(test).length

/** What the reading must be, from the mix itself. */
function expectedOf(fates: readonly Fate[], mishaps: ReadonlySet<Mishap>): Reading {
  const harmless = tally([...mishaps], (mishap) => mishap === 'attached' || mishap === 'part')
  const troubles = mishaps.size - harmless + (mishaps.has('leak') ? 1 : 0) + (fates.length === 0 ? 1 : 0)
  const errored = tally(fates, (fate) => fate === 'BLOCKED' || fate === 'cut short')
  const failed = tally(fates, (fate) => fate === 'FAIL')
  // A smoke that was forgotten, and nothing that tells why.
  const forgotten = fates.includes('NOT RUN') && troubles + errored + failed === 0
  return {
    passed: tally(fates, (fate) => fate === 'PASS'),
    failed,
    errored,
    skipped: tally(fates, (fate) => fate === 'SKIP' || fate === 'NOT RUN'),
    troubles: troubles + (forgotten ? 1 : 0),
    ok: troubles + errored + failed === 0 && !forgotten,
  }
}

function readTap(text: string, smokes: number): Reading {
  const parser = new Parser({ strict: true })
  const points: Result[] = []
  parser.on('assert', (point: Result) => points.push(point))
  parser.end(text)
  const own = points.slice(0, smokes)
  const failed = tally(own, ({ ok, diag }) => !ok && diag.class === 'FAIL')
  return {
    passed: tally(own, ({ ok, skip }) => ok && !skip),
    failed,
    errored: tally(own, ({ ok }) => !ok) - failed,
    skipped: tally(own, ({ skip }) => Boolean(skip)),
    troubles: points.length - smokes,
    ok: parser.results?.ok === true,
  }
}

/** @param suite canonical XML of one document. */
function readJunit(suite: string): Reading & { consistent: boolean } {
  const of = (pattern: RegExp): number => [...suite.matchAll(pattern)].length
  const said = (name: string): number =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(suite)?.[1])
  const [tests, failures, errors, skipped] = ['tests', 'failures', 'errors', 'skipped'].map(said)
  const found = {
    tests: of(/<testcase /g),
    failures: of(/<failure /g),
    errors: of(/<error /g),
    skipped: of(/<skipped /g),
    troubles: of(/<testcase [^>]*name="run: /g),
  }
  return {
    passed: found.tests - found.failures - found.errors - found.skipped,
    failed: found.failures,
    errored: found.errors - found.troubles,
    skipped: found.skipped,
    troubles: found.troubles,
    ok: found.failures + found.errors === 0,
    consistent:
      tests === found.tests &&
      failures === found.failures &&
      errors === found.errors &&
      skipped === found.skipped,
  }
}

/** The last line of the text ledger, and its others. */
function readText(text: string): { counts: Record<string, number>; rows: string[]; ok: boolean } {
  const lines = text.trimEnd().split('\n')
  const words = (lines.pop() ?? '')
    .replaceAll('---', '')
    .split(' / ')
    .map((word) => word.trim())
  const counts = Object.fromEntries(
    words.map((word) => {
      const [, number, name = word] = /^(\d+) (.+)$/.exec(word) ?? []
      return [name, Number(number ?? 1)]
    }),
  )
  const { PASS: _passed, SKIP: _skipped, FAIL, ...rest } = counts
  return { counts, rows: lines, ok: FAIL === 0 && Object.keys(rest).length === 0 }
}

function* mixes(length: number): Generator<Fate[]> {
  if (length === 0) yield []
  else for (const rest of mixes(length - 1)) for (const fate of FATES) yield [fate, ...rest]
}

/** Every mix of two smokes with every mishap; of up to one with every pair of them, and with nearly all. */
function* listMixes(): Generator<[readonly Fate[], ReadonlySet<Mishap>]> {
  for (const length of [0, 1, 2]) {
    for (const fates of mixes(length)) {
      for (let bits = 0; bits < 2 ** MISHAPS.length; bits += 1) {
        const mishaps = new Set(MISHAPS.filter((_, i) => (bits & (1 << i)) !== 0))
        if (mishaps.size <= (length === 2 ? 1 : 2) || (length < 2 && mishaps.size > 6)) yield [fates, mishaps]
      }
    }
  }
  yield [[...FATES, ...FATES], new Set(MISHAPS)]
}

const published: object = JSON.parse(
  readFileSync(new URL('../../docs/ledger.schema.json', import.meta.url), 'utf8'),
)
const antSchema = readFileSync(new URL('./fixtures/junit-ant.xsd', import.meta.url), 'utf8')

describe('all formats', () => {
  it('tell the same of every mix', async () => {
    const isLedger = new Ajv2020({ strict: false }).compile(published)
    const cases: { context: string; expected: Reading; junit: string }[] = []
    for (const [fates, mishaps] of listMixes()) {
      const verdict = play(fates, mishaps)
      const context = `${fates.join()} + ${[...mishaps].join()}`
      const expected = expectedOf(fates, mishaps)
      const { ok, ...counts } = expected

      expect(verdict.exitCode === 0, context).toBe(ok)
      expect(
        verdict.rows.map((row) => row.class),
        context,
      ).toEqual(fates.map(classOf))
      expect(readTap(renderTap(verdict), fates.length), context).toEqual(expected)

      const text = readText(renderLedger(verdict))
      expect(text.ok, context).toBe(ok)
      expect(
        text.rows.map((row) => row.replace(/ s\d+ \d+s$/, '')),
        context,
      ).toEqual(fates.map(classOf))
      for (const name of ['PASS', 'FAIL', 'BLOCKED', 'SKIP', 'NOT RUN'] as const) {
        expect(text.counts[name] ?? 0, context).toBe(tally(fates, (fate) => classOf(fate) === name))
      }

      const json = JSON.parse(renderLedgerJson(verdict))
      expect(isLedger(json), `${context}: ${JSON.stringify(isLedger.errors)}`).toBe(true)
      expect(json).toMatchObject({ exitCode: verdict.exitCode, counts: verdict.counts, green: verdict.green })
      expect(
        json.rows.map((row: { class: string }) => row.class),
        context,
      ).toEqual(fates.map(classOf))

      const annotations = renderGithub(verdict, { workspace: '/repo' })
      const errors = tally(annotations.split('\n'), (line) => line.startsWith('::error '))
      expect(errors, context).toBe(counts.failed + counts.errored + counts.troubles)

      const markdown = renderMarkdown(verdict)
      expect(/^## dev: (passed|failed)\n/.exec(markdown)?.[1], context).toBe(ok ? 'passed' : 'failed')
      const cells = markdown.split('\n').flatMap((line) => /^\| \**([A-Z ]+?)\** \|/.exec(line)?.[1] ?? [])
      expect(cells, context).toEqual(fates.map(classOf))
      expect(
        tally(markdown.split('\n'), (line) => line.startsWith('### ')),
        context,
      ).toBe(errors)

      cases.push({ context, expected, junit: renderJunit(verdict) })
    }

    const { errors, normalized } = await validateXML({
      xml: cases.map(({ junit }, i) => ({ fileName: `${i}.xml`, contents: junit })),
      schema: antSchema,
      normalization: 'c14n',
      maxMemoryPages: 16_384,
    })
    expect(errors).toEqual([])
    const documents = normalized.split(/(?=<testsuites>)/)
    expect(documents).toHaveLength(cases.length)
    for (const [i, { context, expected }] of cases.entries()) {
      expect(readJunit(documents[i] ?? ''), context).toEqual({ ...expected, consistent: true })
    }
    const passed = cases.filter(({ expected }) => expected.ok).length
    expect({ runs: cases.length, passed }).toMatchInlineSnapshot(`
      {
        "passed": 20,
        "runs": 1005,
      }
    `)
  })
})
