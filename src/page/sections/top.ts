/** The beginning of the page: the verdict, the line that gates, the first cause, the facts of the run. */
import { bounded } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { renderGateLine } from '../../ledger/text.ts'
import { smokeAnchor } from '../anchors.ts'
import { type Cause, summarise } from '../causes.ts'
import { type Html, html } from '../html.ts'
import type { PageModel } from '../model.ts'
import { renderTexts } from './failures.ts'

const WARNINGS = 30

/** Of the causes it shows the first alone, and links to the section `failures` for the others. */
export function renderTop(model: PageModel): Html {
  const { verdict } = model.run
  const { text, tone } = summarise(verdict)
  const mark = tone === 'good' ? '✓' : tone === 'bad' ? '✗' : '–'
  const [first] = model.causes
  return html`<header class="top ${tone}">
  <p class="kicker">smokechain <span aria-hidden="true">·</span> stack <b>${verdict.stack.name}</b> <span aria-hidden="true">·</span> run <code>${verdict.run}</code></p>
  <h1><span class="mark" aria-hidden="true">${mark}</span> ${text}</h1>
  <p class="gate"><code>${renderGateLine(verdict)}</code></p>
  ${renderNotes(model)}
  ${first && renderFirst(first, model.causes.length)}
  ${renderFacts(model)}
</header>`
}

function renderNotes({ run }: PageModel): Html | undefined {
  const { verdict, torn } = run
  const notes = [
    verdict.finished
      ? ''
      : `This run did not come to its end: it was killed, or it still goes on. What follows is what it had proven ${formatDuration(run.endMs)} after its start.`,
    torn ? 'The last line of its journal was cut short.' : '',
    verdict.attachedTo === undefined
      ? ''
      : `It ran on a stack that was up already (supervisor ${verdict.attachedTo}): nothing was booted or stopped.`,
    ...verdict.warnings.slice(0, WARNINGS).map((warning) => `Warning: ${bounded(warning, 500)}`),
    verdict.warnings.length > WARNINGS
      ? `${verdict.warnings.length - WARNINGS} more warnings are in ledger.json.`
      : '',
  ].filter((note) => note !== '')
  if (notes.length === 0) return undefined
  return html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`
}

function renderFirst(cause: Cause, count: number): Html {
  const more = count > 1 && html` <a href="#failures">and ${count - 1} more</a>`
  const where = cause.row
    ? html`<a href="#${smokeAnchor(cause.row.smoke)}">${cause.where}</a>`
    : html`${cause.where}`
  return html`<section class="cause" aria-label="the first failure">
  <p class="where">${where}${cause.row && cause.row.title !== '' && html` <span>${cause.row.title}</span>`}</p>
  ${renderTexts(cause.texts)}
  ${more && html`<p class="more">${more}</p>`}
</section>`
}

function renderFacts({ run, smokes, tree, machine }: PageModel): Html {
  const { verdict } = run
  const expectations = verdict.rows.reduce((sum, row) => sum + row.expectations, 0)
  const steps = verdict.rows.reduce((sum, row) => sum + row.steps, 0)
  const facts: readonly (readonly [string, Html | string | undefined])[] = [
    [
      'Started',
      verdict.at === '' ? undefined : html`<time datetime="${verdict.at}">${showTime(verdict.at)}</time>`,
    ],
    ['Took', formatDuration(verdict.ms)],
    ['Boot', verdict.boot && formatDuration(verdict.boot.ms)],
    ['Proof', `${expectations} expectations in ${steps} steps of ${smokes.length} smokes`],
    ['Exit code', String(verdict.exitCode)],
    ['Tree', tree],
    ['Machine', machine],
    [
      'Tool',
      `${verdict.tool.version}, Node ${verdict.tool.node.replace(/^v/, '')}, ${verdict.tool.platform}`,
    ],
  ]
  const shown = facts.filter(([, value]) => value !== undefined)
  return html`<dl class="facts">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** `2026-11-21 12:32:08 UTC`. */
function showTime(at: string): string {
  return at.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')
}
