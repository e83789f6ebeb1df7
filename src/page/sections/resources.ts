/** CPU and memory of each daemon over the run, its peaks, and how near they came to what it was allowed. */
import { formatBytes } from '../../kernel/units.ts'
import type { Pen } from '../charts/svg.ts'
import { drawCpu, drawMemory } from '../charts/usage.ts'
import { type Html, html } from '../html.ts'
import type { PageModel } from '../model.ts'
import type { DaemonUsage } from '../usage.ts'
import { renderUseOfSmokes } from './smoke-use.ts'

/** Undefined: nothing was measured. @param pen is the caller's to close. */
export function renderResources(model: PageModel, pen: Pen): Html | undefined {
  const bySmoke = renderUseOfSmokes(model.run.verdict.rows)
  if (model.usage.length === 0 && !bySmoke) return undefined
  return html`<section id="resources" aria-labelledby="h-resources">
<h2 id="h-resources">Resources</h2>
${model.usage.length > 0 && renderDaemons(model, pen)}
${bySmoke}
</section>`
}

function renderDaemons({ usage, lives, run }: PageModel, pen: Pen): Html {
  const scale = {
    endMs: run.endMs,
    cpuPercent: Math.max(...usage.map((one) => one.peakCpuPercent)),
    rssBytes: Math.max(...usage.map((one) => one.peakRssBytes)),
  }
  const extra = FIGURES.filter(({ of }) => usage.some((one) => of(one) !== undefined))
  return html`<p class="muted">Over the run, each daemon with all its processes. The curves share their scales: CPU up to ${Math.round(scale.cpuPercent)} % of a core, memory up to ${formatBytes(scale.rssBytes)}.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="h-resources">
<table class="usage">
<thead><tr><th scope="col">Daemon</th><th scope="col">CPU</th><th scope="col" class="num">Peak</th><th scope="col">Memory</th><th scope="col" class="num">Peak</th>${extra.map(({ title }) => html`<th scope="col" class="num">${title}</th>`)}</tr></thead>
<tbody>${usage.map((one) => {
    const life = lives.find(({ name }) => name === one.daemon)
    return html`<tr><th scope="row">${one.daemon}</th>
<td>${life && drawCpu(pen, life, scale)}</td><td class="num">${Math.round(one.peakCpuPercent)} %</td>
<td>${life && drawMemory(pen, life, scale)}</td><td class="num">${formatBytes(one.peakRssBytes)}${renderLimit(one.peakRssBytes, one.limits.maxRssBytes, formatBytes)}</td>
${extra.map(({ of, show, limit }) => {
  const value = of(one)
  return html`<td class="num">${value === undefined ? '' : show(value)}${value !== undefined && renderLimit(value, limit?.(one), show)}</td>`
})}</tr>
`
  })}</tbody>
</table>
</div>`
}

interface Figure {
  readonly title: string
  readonly of: (usage: DaemonUsage) => number | undefined
  readonly show: (value: number) => string
  readonly limit?: (usage: DaemonUsage) => number | undefined
}

const FIGURES: readonly Figure[] = [
  { title: 'CPU time', of: (one) => one.cpuSeconds, show: (s) => `${s.toFixed(2)} s` },
  { title: 'Threads', of: (one) => one.threads, show: String },
  { title: 'Open files', of: (one) => one.fds, show: String, limit: (one) => one.limits.maxFds },
  { title: 'Logged', of: (one) => one.loggedBytes, show: formatBytes },
]

/** `38 % of 512 MiB`, with a bar. */
function renderLimit(
  value: number,
  limit: number | undefined,
  show: (value: number) => string,
): Html | undefined {
  if (limit === undefined || limit <= 0) return undefined
  const part = Math.round((100 * value) / limit)
  const width = Math.min(100, part)
  return html`<span class="limit ${part > 100 ? 'over' : part > 80 ? 'near' : ''}"><svg viewBox="0 0 100 4" width="34" height="4" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="100" height="4" rx="2"/><rect class="fill" width="${width}" height="4" rx="2"/></svg> ${part} % of ${show(limit)}</span>`
}
