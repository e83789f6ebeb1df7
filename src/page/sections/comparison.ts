/** This run beside an earlier one. */
import { formatBytes, formatDuration } from '../../kernel/units.ts'
import { renderGateLine } from '../../ledger/text.ts'
import { type Figure, isTimed, type SmokeChange } from '../compare.ts'
import { type Html, html } from '../html.ts'
import type { PageModel } from '../model.ts'
import { classOf } from './ledger.ts'

/** Without an earlier run it is there as well, and says so. */
export function renderComparison({ comparison }: PageModel): Html {
  if (!comparison) {
    return html`<section id="comparison" aria-labelledby="h-comparison"><h2 id="h-comparison">Comparison</h2>
<p class="muted">There is no earlier run of this stack to compare with. <code>--compare RUN</code> names one.</p></section>`
  }
  const notable = comparison.smokes.filter((change) => change.notable)
  return html`<section id="comparison" aria-labelledby="h-comparison">
<h2 id="h-comparison">Compared with an earlier run</h2>
<p><code>${comparison.run}</code> <span class="muted">began ${comparison.at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')} and ended with</span> <code>${renderGateLine(comparison.gateVerdict)}</code></p>
${comparison.load && html`<p class="muted">Load of the machine as they began: ${comparison.load.before.toFixed(1)} before, ${comparison.load.now.toFixed(1)} now.</p>`}
<p>${
    notable.length === 0
      ? 'No smoke has changed its class, and none takes notably longer or shorter.'
      : html`<b>${notable.length}</b> of ${comparison.smokes.length} smokes changed: another class, or a time that differs by at least 100 ms and a quarter. They are marked.`
  }</p>
<table class="compare">
<thead><tr><th scope="col">What</th><th scope="col" class="num">Before</th><th scope="col" class="num">Now</th><th scope="col" class="num">Difference</th></tr></thead>
<tbody>
${renderFigure('whole run', comparison.total, formatDuration)}
${comparison.boot && renderFigure('boot', comparison.boot, formatDuration)}
${comparison.smokes.map(renderChange)}
</tbody>
</table>
${
  comparison.memory.length > 0 &&
  html`<table class="compare"><caption>Peak memory</caption>
<thead><tr><th scope="col">Daemon</th><th scope="col" class="num">Before</th><th scope="col" class="num">Now</th><th scope="col" class="num">Difference</th></tr></thead>
<tbody>${comparison.memory.map((one) => renderFigure(one.daemon, one, formatBytes))}</tbody></table>`
}
</section>`
}

function renderFigure(name: string, { before, now, notable }: Figure, show: (value: number) => string): Html {
  return html`<tr class="${notable ? 'notable' : ''}"><th scope="row">${name}</th><td class="num">${show(before)}</td><td class="num">${show(now)}</td><td class="num ${toneOf(now - before, notable)}">${showDifference(now - before, show)}</td></tr>
`
}

function renderChange({ smoke, before, now, notable }: SmokeChange): Html {
  const compares = before && now && isTimed(before.class) && isTimed(now.class)
  const difference = compares ? now.ms - before.ms : undefined
  const changed = before?.class !== now?.class
  return html`<tr class="${notable ? 'notable' : ''}"><th scope="row">${smoke}</th><td class="num">${renderSide(before, changed)}</td><td class="num">${renderSide(now, changed)}</td><td class="num ${difference === undefined ? '' : changed ? 'muted' : toneOf(difference, notable)}">${difference === undefined ? '' : showDifference(difference, formatDuration)}</td></tr>
`
}

function renderSide(side: SmokeChange['now'], changed: boolean): Html {
  if (!side) return html`<span class="muted">not selected</span>`
  const timed = isTimed(side.class)
  const name = (changed || !timed) && html`<span class="class ${classOf(side.class)}">${side.class}</span> `
  return html`${name}${timed && formatDuration(side.ms)}`
}

const showDifference = (value: number, show: (value: number) => string): string =>
  value === 0 ? '0' : `${value > 0 ? '+' : '−'}${show(Math.abs(value))}`

const toneOf = (difference: number, notable: boolean): string =>
  !notable ? 'muted' : difference > 0 ? 'worse' : 'better'
