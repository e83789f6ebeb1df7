/**
 * The verdict as TAP 14: one test point a smoke, its steps as a subtest, then one for each trouble of the run as a
 * whole. PASS is ok, FAIL and BLOCKED are not ok, SKIP is skipped, NOT RUN is not ok when it had begun, else
 * skipped. A run that failed to boot, was interrupted or cut short ends with "Bail out!", after all its points, so
 * that nothing is lost.
 */
import type { Failure } from '../kernel/failure.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import { oneLine } from '../kernel/failure-words.ts'
import { count } from '../kernel/text.ts'
import { listTroubles, locationOf, outcomeOf, reasonOf, type Trouble } from './outcome.ts'
import { describeSlow, headlineOf, listNotes, renderLogLines, rerunOf } from './row-text.ts'
import { renderGateLine } from './text.ts'
import type { Row, Verdict } from './verdict.ts'
import { renderYaml, type YamlValue } from './yaml.ts'

/** The report; ends with a line break. */
export function renderTap(verdict: Verdict): string {
  const troubles = listTroubles(verdict)
  const bail = troubles.find(({ kind }) => BAILS.has(kind))
  const points = [
    ...verdict.rows.map((row, i) => renderSmoke(row, i + 1, verdict)),
    ...troubles.map((trouble, i) => renderTrouble(trouble, verdict.rows.length + i + 1)),
  ]
  return [
    'TAP version 14',
    `1..${points.length}`,
    ...listNotes(verdict).map(renderComment),
    ...points.flat(),
    renderComment(renderGateLine(verdict)),
    ...(bail === undefined ? [] : [`Bail out! ${escapeText(bail.headline)}`]),
    '',
  ].join('\n')
}

const BAILS: ReadonlySet<Trouble['kind']> = new Set(['boot', 'interrupted', 'unfinished'])

function renderSmoke(row: Row, id: number, verdict: Verdict): string[] {
  const name = oneLine(row.smoke)
  const outcome = outcomeOf(row)
  if (outcome === 'skipped') {
    return [`${renderPoint(true, id, name)} # SKIP ${escapeText(reasonOf(row, verdict))}`]
  }
  const about = { title: oneLine(row.title), duration_ms: round(row.ms) }
  if (outcome === 'passed') {
    const slow = describeSlow(row)
    const facts = { ...about, ...(slow !== undefined && { slow }) }
    return [...renderSubtest(row, name, verdict), renderPoint(true, id, name), ...diagnose(facts)]
  }
  // What is told by the subtest is not told again.
  const untold = outcome === 'errored' ? row.failures.flatMap(tell) : []
  return [
    ...(outcome === 'failed' ? renderSubtest(row, name, verdict) : []),
    renderPoint(false, id, name),
    ...diagnose({ ...about, ...describe(row, verdict), ...(untold.length > 0 && { detail: untold }) }),
  ]
}

function describe(row: Row, verdict: Verdict): Record<string, YamlValue> {
  const place = row.failures.map(locationOf).find((location) => location !== undefined)
  const log = renderLogLines(row)
  return {
    class: row.class,
    message: headlineOf(row, verdict),
    ...(place && { at: { ...place } }),
    ...(row.why !== undefined && { why: oneLine(row.why) }),
    ...(log.length > 0 && { log }),
    ...(verdict.rerun !== '' && { rerun: rerunOf(row, verdict) }),
  }
}

function tell(failure: Failure): string[] {
  const { headline, detail } = renderFailure(failure)
  return [headline, ...detail]
}

interface Point {
  readonly ok: boolean
  readonly title: string
  readonly causes?: readonly string[]
}

/** The steps, then what failed outside of them: the subtest fails when its smoke does, and only then. */
function renderSubtest(row: Row, name: string, verdict: Verdict): string[] {
  const points = listPoints(row, verdict)
  if (points.length === 0) return []
  const lines = points.flatMap(({ ok, title, causes }, i) => [
    renderPoint(ok, i + 1, title),
    ...(causes ? diagnose({ detail: causes }) : []),
  ])
  const rest = row.stepsLeftOut > 0 ? [renderComment(`and ${count(row.stepsLeftOut, 'more step')}`)] : []
  return [
    renderComment(`Subtest: ${name}`),
    ...[`1..${points.length}`, ...lines, ...rest].map((line) => `    ${line}`),
  ]
}

function listPoints(row: Row, verdict: Verdict): Point[] {
  const steps = row.stepList.map(({ ok, title, failure }) => {
    const cause = failure === undefined ? undefined : row.failures[failure]
    return { ok, title, ...(cause && { causes: tell(cause) }) }
  })
  const told = new Set(row.stepList.map((step) => step.failure))
  const beside = row.failures
    .filter((_, i) => !told.has(i))
    .map((failure) => ({ ok: false, title: renderFailure(failure).headline, causes: tell(failure) }))
  const points: Point[] = [...steps, ...beside]
  const explained = row.class === 'PASS' || points.some(({ ok }) => !ok)
  return explained ? points : [...points, { ok: false, title: headlineOf(row, verdict) }]
}

function renderTrouble({ kind, headline, detail }: Trouble, id: number): string[] {
  return [
    renderPoint(false, id, `${kind}: ${headline}`),
    ...diagnose({ message: headline, ...(detail.length > 0 && { detail }) }),
  ]
}

function renderPoint(ok: boolean, id: number, title: string): string {
  // A brace at the end opens a subtest in the dialect of node-tap.
  const text = escapeText(title).replace(/\{$/, '{.')
  return `${ok ? 'ok' : 'not ok'} ${id} - ${text}`
}

/** One line of text; `#` would begin a directive. */
function escapeText(text: string): string {
  return oneLine(text).toWellFormed().replace(/[\\#]/g, '\\$&')
}

const renderComment = (text: string): string => `# ${oneLine(text, 500).toWellFormed()}`

function diagnose(facts: Readonly<Record<string, YamlValue>>): string[] {
  return ['---', ...renderYaml(facts), '...'].map((line) => `  ${line}`)
}

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000
