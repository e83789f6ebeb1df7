/**
 * The verdict as JUnit XML, in the form of Ant's junitreport, the strictest that is in use: one test suite a run,
 * one test case a smoke, and one for each trouble of the run as a whole, so that a red run is never a green file.
 * PASS passes, FAIL is a failure, BLOCKED an error, SKIP skipped, NOT RUN an error when it had begun, else skipped.
 * Steps and logs stand in the suite's system-out, since a strict test case has none of its own.
 */
import { oneLine } from '../kernel/failure-words.ts'
import { listTroubles, outcomeOf, reasonOf, type Trouble } from './outcome.ts'
import {
  describeSlow,
  headlineOf,
  listNotes,
  renderCauseLines,
  renderLogLines,
  renderStepLines,
} from './row-text.ts'
import { renderGateLine, renderRow } from './text.ts'
import type { Row, Verdict } from './verdict.ts'
import { escapeText, renderTag } from './xml.ts'

/** `junit.xml`; ends with a line break. */
export function renderJunit(verdict: Verdict): string {
  const stack = oneLine(verdict.stack.name) || 'smokechain'
  const troubles = listTroubles(verdict)
  const tally = (outcome: string): number => verdict.rows.filter((row) => outcomeOf(row) === outcome).length
  const suite = {
    name: stack,
    package: stack,
    id: 0,
    timestamp: timestampOf(verdict),
    hostname: 'localhost',
    tests: verdict.rows.length + troubles.length,
    failures: tally('failed'),
    errors: tally('errored') + troubles.length,
    skipped: tally('skipped'),
    time: seconds(verdict.ms),
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    renderTag('testsuite', suite),
    ...renderProperties(verdict),
    ...verdict.rows.flatMap((row) => renderCase(stack, row, verdict)),
    ...troubles.flatMap((trouble, i) => renderTrouble(stack, trouble, nameOf(trouble, i, troubles))),
    `<system-out>${escapeText(renderOutput(verdict).join('\n'))}</system-out>`,
    `<system-err>${escapeText(listNotes(verdict).join('\n'))}</system-err>`,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function renderCase(stack: string, row: Row, verdict: Verdict): string[] {
  const head = { name: oneLine(row.smoke), classname: stack, time: seconds(row.ms) }
  const outcome = outcomeOf(row)
  if (outcome === 'passed') return [renderTag('testcase', head, { empty: true })]
  const inside =
    outcome === 'skipped'
      ? renderTag('skipped', { message: oneLine(reasonOf(row, verdict)) }, { empty: true })
      : renderMishap(outcome === 'failed' ? 'failure' : 'error', {
          type: row.failures[0]?.tag ?? row.class.toLowerCase(),
          message: headlineOf(row, verdict),
          lines: [oneLine(row.title), ...renderCauseLines(row, verdict)],
        })
  return [renderTag('testcase', head), inside, '</testcase>']
}

function renderTrouble(stack: string, trouble: Trouble, name: string): string[] {
  return [
    renderTag('testcase', { name, classname: stack, time: seconds(0) }),
    renderMishap('error', {
      type: trouble.kind,
      message: trouble.headline,
      lines: [trouble.headline, ...trouble.detail],
    }),
    '</testcase>',
  ]
}

/** `run: leak`; the second one is `run: leak 2`. No smoke has such a name. */
function nameOf(trouble: Trouble, at: number, all: readonly Trouble[]): string {
  const before = all.slice(0, at).filter(({ kind }) => kind === trouble.kind).length
  return `run: ${trouble.kind}${before === 0 ? '' : ` ${before + 1}`}`
}

function renderMishap(
  element: 'failure' | 'error',
  { type, message, lines }: { type: string; message: string; lines: readonly string[] },
): string {
  return `${renderTag(element, { type, message })}${escapeText(lines.join('\n'))}</${element}>`
}

function renderProperties(verdict: Verdict): string[] {
  const { boot, attachedTo, interrupted } = verdict
  const facts: Readonly<Record<string, string | number | boolean | undefined>> = {
    run: verdict.run,
    dir: verdict.dir,
    'stack.file': verdict.stack.file,
    'tool.version': verdict.tool.version,
    'tool.node': verdict.tool.node,
    'tool.platform': verdict.tool.platform,
    tree: verdict.tree,
    gateLine: renderGateLine(verdict),
    green: verdict.green,
    exitCode: verdict.exitCode,
    complete: verdict.complete,
    expectations: verdict.rows.reduce((sum, row) => sum + row.expectations, 0),
    'boot.ms': boot && Math.round(boot.ms),
    attachedTo,
    interrupted,
  }
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  return [
    '<properties>',
    ...known.map(([name, value]) =>
      renderTag('property', { name, value: oneLine(String(value), 1_000) }, { empty: true }),
    ),
    '</properties>',
  ]
}

/** The ledger with the steps under each smoke, and the logs under those that went wrong. */
function renderOutput(verdict: Verdict): string[] {
  return [
    ...verdict.rows.flatMap((row) => [
      `${renderRow({ ...row, smoke: oneLine(row.smoke) })}  ${oneLine(row.title)}`.trimEnd(),
      ...[...toList(describeSlow(row)), ...renderStepLines(row), ...renderLogLines(row)].map(
        (line) => `  ${line}`,
      ),
    ]),
    renderGateLine(verdict),
  ]
}

const toList = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value])

/** Decimal seconds, as the schema wants them. */
const seconds = (ms: number): string => (ms / 1_000).toFixed(3)

/** UTC without a zone and without fractions: the schema allows neither. */
function timestampOf({ at }: Verdict): string {
  const [second] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(at) ?? []
  return second ?? '1970-01-01T00:00:00'
}
