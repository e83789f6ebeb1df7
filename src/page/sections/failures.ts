/** What went wrong, in the words of the terminal, with what is needed to go on from there. */
import type { FailureText } from '../../kernel/failure-text.ts'
import { smokeAnchor } from '../anchors.ts'
import type { Cause } from '../causes.ts'
import { type Html, html } from '../html.ts'
import type { PageModel } from '../model.ts'

/** The others are told where their smokes are. */
export const CAUSES_SHOWN = 60

/** Headlines with their details. */
export function renderTexts(texts: readonly FailureText[]): Html[] {
  return texts.map(
    ({ headline, detail }) =>
      html`<p class="headline">${headline}</p>${detail.length > 0 && html`<pre class="detail">${detail.join('\n')}</pre>`}`,
  )
}

/** Undefined when nothing went wrong. */
export function renderFailures({ causes, run }: PageModel): Html | undefined {
  if (causes.length === 0) return undefined
  const more = causes.length - CAUSES_SHOWN
  return html`<section id="failures" aria-labelledby="h-failures">
<h2 id="h-failures">What went wrong</h2>
${causes.slice(0, CAUSES_SHOWN).map((cause) => renderCause(cause, run.verdict.rerun))}
${more > 0 && html`<p class="left-out">${more} more are told below, each with its smoke.</p>`}
</section>`
}

function renderCause({ where, row, texts }: Cause, rerun: string): Html {
  if (!row) return html`<article class="failure"><h3>${where}</h3>${renderTexts(texts)}</article>`
  const logs = Object.entries(row.logs).filter(([, lines]) => lines.length > 0)
  return html`<article class="failure">
<h3><a href="#${smokeAnchor(row.smoke)}">${where}</a> <span>${row.title}</span></h3>
${renderTexts(texts)}
${row.why !== undefined && html`<p class="why"><b>Why it matters</b> ${row.why}</p>`}
${logs.map(
  ([daemon, lines]) =>
    html`<details class="tail"><summary>Last lines of ${daemon}</summary><pre>${lines.join('\n')}</pre></details>`,
)}
<p class="rerun"><b>Run it again</b> <code>${rerun} ${row.smoke}</code></p>
</article>`
}
