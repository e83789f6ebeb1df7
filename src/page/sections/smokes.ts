/** Each smoke with its steps: what was sent, what came, what was expected of it. */
import type { Check, SentRequest } from '../../kernel/evidence.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { describeSlowness } from '../../kernel/slowness.ts'
import { count } from '../../kernel/text.ts'
import { formatBytes, formatDuration } from '../../kernel/units.ts'
import type { Row } from '../../ledger/verdict.ts'
import { smokeAnchor, stepAnchor } from '../anchors.ts'
import { type Content, type Html, html } from '../html.ts'
import type { PageModel } from '../model.ts'
import type { SmokeRun, StepRun } from '../smokes.ts'
import { CAUSES_SHOWN, renderTexts } from './failures.ts'
import { classOf } from './ledger.ts'
import { renderUseOfSmoke } from './smoke-use.ts'

/** Characters of HTML for requests and expectations; beyond it they are left out, of smokes that passed first. */
const DETAIL_BUDGET = 6 * 2 ** 20

/**
 * In chain order, open where one failed or was blocked. To bound the page, evidence of steps that passed may be left
 * out; it then says of how many.
 */
export function renderSmokes({ smokes, run, smokeLogs, causes }: PageModel): Html {
  const budget = { left: DETAIL_BUDGET, omitted: 0 }
  const told = new Set(causes.slice(0, CAUSES_SHOWN).flatMap(({ row }) => row?.smoke ?? []))
  const ordered = [...smokes].sort((a, b) => Number(a.class === 'PASS') - Number(b.class === 'PASS'))
  const rendered = new Map(
    ordered.map((smoke) => [
      smoke,
      renderSmoke(smoke, { rerun: run.verdict.rerun, logs: smokeLogs, told }, budget),
    ]),
  )
  return html`<section id="smokes" aria-labelledby="h-smokes">
<h2 id="h-smokes">Smokes</h2>
<p class="tools" hidden><button type="button" data-do="open-all">Open all</button> <button type="button" data-do="close-all">Close all</button>${
    smokes.some((smoke) => smoke.class === 'PASS') &&
    smokes.some((smoke) => smoke.class !== 'PASS') &&
    html` <button type="button" data-do="hide-passed" aria-pressed="false">Hide what passed</button>`
  }</p>
${
  budget.omitted > 0 &&
  html`<p class="left-out">Requests and expectations of ${count(budget.omitted, 'step')} that passed are left out to keep this page small; all of them are in <code>${run.dir}/journal.jsonl</code>.</p>`
}
${smokes.map((smoke) => rendered.get(smoke))}
</section>`
}

type Budget = { left: number; omitted: number }

interface Surroundings {
  readonly rerun: string
  readonly logs: PageModel['smokeLogs']
  /** The smokes whose failures are told in full above. */
  readonly told: ReadonlySet<string>
}

function renderSmoke(smoke: SmokeRun, { rerun, logs, told }: Surroundings, budget: Budget): Html {
  const { row, steps } = smoke
  const log = logs.get(smoke.id)
  const isOpen = smoke.class === 'FAIL' || smoke.class === 'BLOCKED'
  return html`<details class="smoke ${classOf(smoke.class)}" id="${smokeAnchor(smoke.id)}"${timesOf(smoke)}${isOpen && OPEN}>
<summary><span class="class ${classOf(smoke.class)}">${smoke.class}</span> <b>${smoke.id}</b> <span class="claim">${row.title}</span><span class="figures">${figuresOf(smoke)}</span></summary>
<div class="body">
${renderWhy(row, told)}
${row.reason !== undefined && html`<p>${row.reason}</p>`}
${row.slow && html`<p class="why"><b>Slow</b> ${describeSlowness(row.slow)}</p>`}
${row.why !== undefined && html`<p class="why"><b>Why it matters</b> ${row.why}</p>`}
${row.claims.length > 0 && html`<p class="why"><b>Evidence for</b> ${row.claims.map((claim, i) => html`${i > 0 && ', '}<code>${claim}</code>`)}</p>`}
${steps.length > 0 && html`<ol class="steps">${steps.map((step) => renderStep(smoke, step, budget))}</ol>`}
${row.resources && renderUseOfSmoke(row.resources)}
${log !== undefined && html`<details class="tail"><summary>What the smoke itself wrote</summary><pre>${log}</pre></details>`}
<p class="rerun"><button type="button" class="logs-of" hidden>Logs of its time</button> <code>${rerun} ${smoke.id}</code></p>
</div>
</details>
`
}

/** In full, unless it is told in full already. */
function renderWhy({ smoke, failures }: Row, told: ReadonlySet<string>): Content {
  const texts = failures.map((failure) => renderFailure(failure))
  if (texts.length === 0 || !told.has(smoke)) return renderTexts(texts)
  const [first] = texts
  return html`<p class="headline">${first?.headline}</p><p><a href="#failures">All of it, with logs</a></p>`
}

const OPEN = html` open`

/** Where it lies on the run's clock: the log lines of its time are found by it. */
function timesOf({ startedAt, endedAt }: { startedAt?: number; endedAt?: number }): Html | undefined {
  if (startedAt === undefined) return undefined
  return html` data-from="${Math.floor(startedAt)}" data-to="${Math.ceil(endedAt ?? startedAt)}"`
}

function figuresOf({ row, startedAt }: SmokeRun): string {
  if (startedAt === undefined) return 'never begun'
  return `${count(row.steps, 'step')} · ${count(row.expectations, 'expectation')} · ${formatDuration(row.ms)}`
}

function renderStep(smoke: SmokeRun, step: StepRun, budget: Budget): Html {
  const mark = step.ok ? '✓' : '✗'
  const state = step.endedAt === undefined ? 'did not end' : step.ok ? 'passed' : 'failed'
  return html`<li class="step ${step.ok ? 'ok' : 'not-ok'}" id="${stepAnchor(smoke.id, step.index)}"${timesOf(step)}>
<div class="line"><span class="tick" aria-hidden="true">${mark}</span> <span class="title">${step.title}<span class="hidden"> (${state})</span></span> <span class="figures">${step.endedAt === undefined ? state : formatDuration(step.ms)} <button type="button" class="logs-of" hidden aria-label="log lines of this step">log</button></span></div>
${renderEvidence(step, budget)}
</li>
`
}

function renderEvidence(step: StepRun, budget: Budget): Html | undefined {
  const { requests = [], checks = [], omitted } = step
  if (requests.length + checks.length === 0) return undefined
  const detail = html`<details class="evidence"${!step.ok && OPEN}><summary>${[
    requests.length > 0 && count(requests.length, 'request'),
    requests.length > 0 && checks.length > 0 && ', ',
    checks.length > 0 && count(checks.length, 'expectation'),
  ]}</summary>
${requests.map((request, i) =>
  renderRequest(
    request,
    checks.filter((check) => check.request === i),
  ),
)}
${renderChecks(checks.filter((check) => check.request === undefined))}
${omitted && html`<p class="left-out">Not kept: ${count(omitted.requests, 'request')}, ${count(omitted.checks, 'expectation')}.</p>`}
</details>`
  const size = detail.toString().length
  if (step.ok && size > budget.left) {
    budget.omitted += 1
    return undefined
  }
  budget.left -= size
  return detail
}

function renderRequest(request: SentRequest, checks: readonly Check[]): Html {
  const { daemon, method, path, sent, status, fault, ms, bytes, answer, attempts } = request
  const came = status === undefined ? (fault ?? 'no answer') : `${status}`
  const tries = attempts === undefined ? '' : ` · ${attempts} attempts, the last one shown`
  return html`<div class="request">
<p class="asked"><code><b>${method}</b> ${path === '' ? '' : path}</code> <span class="to">${daemon}</span> <span class="arrow" aria-hidden="true">→</span> <code class="status">${came}</code> <span class="muted">${formatDuration(ms)} · ${formatBytes(bytes)}${tries}</span></p>
${(sent !== undefined || answer !== undefined) && html`<dl class="bodies">${sent !== undefined && html`<dt>sent</dt><dd><pre>${sent}</pre></dd>`}${answer !== undefined && html`<dt>received</dt><dd><pre>${answer}</pre></dd>`}</dl>`}
${renderChecks(checks)}
</div>`
}

function renderChecks(checks: readonly Check[]): Html | undefined {
  if (checks.length === 0) return undefined
  return html`<table class="checks"><thead><tr><th scope="col">What</th><th scope="col">Expected</th><th scope="col">Received</th></tr></thead><tbody>${checks.map(
    (check) =>
      html`<tr class="${check.ok ? 'ok' : 'not-ok'}"><th scope="row"><span aria-hidden="true">${check.ok ? '✓' : '✗'}</span><span class="hidden">${check.ok ? 'held' : 'did not hold'}: </span> ${check.what}</th><td><code>${check.expected}</code></td><td><code>${check.received}</code></td></tr>`,
  )}</tbody></table>`
}
