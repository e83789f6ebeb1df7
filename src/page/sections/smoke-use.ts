/** What smokes used: their own processes, and the daemons while they ran. */
import type { Resources, SmokeResources } from '../../kernel/resources.ts'
import { count } from '../../kernel/text.ts'
import { formatBytes } from '../../kernel/units.ts'
import type { Row } from '../../ledger/verdict.ts'
import { smokeAnchor } from '../anchors.ts'
import { type Html, html } from '../html.ts'

const COLUMNS: readonly { readonly title: string; readonly show: (used: Resources) => string | undefined }[] =
  [
    { title: 'CPU time', show: ({ cpuSeconds }) => showCpu(cpuSeconds) },
    { title: 'Peak memory', show: ({ peakRssBytes }) => showBytes(peakRssBytes) },
    { title: 'Threads', show: ({ threads }) => threads?.toString() },
    { title: 'Open files', show: ({ fds }) => fds?.toString() },
    { title: 'Logged', show: ({ loggedBytes }) => showBytes(loggedBytes) },
  ]

/** One row a smoke. Undefined when nothing is known of any. */
export function renderUseOfSmokes(rows: readonly Row[]): Html | undefined {
  const ran = rows.filter((row) => row.resources !== undefined)
  if (ran.length === 0) return undefined
  return html`<h3 id="h-smoke-use">By smoke</h3>
<p class="muted">CPU time of the smoke with all daemons while it ran, and of its own processes; the other figures are of its own processes.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="h-smoke-use">
<table class="use"><thead><tr><th scope="col">Smoke</th><th scope="col" class="num">CPU time, all</th>${heads('own')}<th scope="col">Worked most</th></tr></thead>
<tbody>${ran.map(({ smoke, resources = { daemons: {} } }) => {
    const all = sumCpu([resources.own ?? {}, ...Object.values(resources.daemons)])
    return html`<tr><th scope="row"><a href="#${smokeAnchor(smoke)}">${smoke}</a></th><td class="num">${showCpu(all)}</td>${cells(resources.own ?? {})}<td>${busiest(resources)}</td></tr>
`
  })}</tbody></table>
</div>`
}

/** The daemons that did something for one smoke. */
export function renderUseOfSmoke({ own, daemons }: SmokeResources): Html {
  const worked = Object.entries(daemons).filter(
    ([, used]) => (used.cpuSeconds ?? 0) > 0 || (used.loggedBytes ?? 0) > 0,
  )
  const idle = Object.keys(daemons).length - worked.length
  return html`<details class="tail"><summary>What it used</summary>
<table class="use"><thead><tr><th scope="col">What</th>${heads()}</tr></thead>
<tbody>${own && html`<tr><th scope="row">the smoke itself</th>${cells(own)}</tr>`}${worked.map(
    ([daemon, used]) => html`<tr><th scope="row">${daemon}</th>${cells(used)}</tr>`,
  )}</tbody></table>
${idle > 0 && html`<p class="muted">${count(idle, 'other daemon')} did nothing.</p>`}
</details>`
}

/** @param of whose CPU time it is, where there are two. */
const heads = (of?: string): Html[] =>
  COLUMNS.map(
    ({ title }, i) =>
      html`<th scope="col" class="num">${title}${of !== undefined && i === 0 && `, ${of}`}</th>`,
  )
const cells = (used: Resources): Html[] => COLUMNS.map(({ show }) => html`<td class="num">${show(used)}</td>`)

function busiest({ daemons }: SmokeResources): string {
  return Object.entries(daemons)
    .filter(([, used]) => (used.cpuSeconds ?? 0) > 0)
    .sort(([, a], [, b]) => (b.cpuSeconds ?? 0) - (a.cpuSeconds ?? 0))
    .slice(0, 2)
    .map(([daemon, used]) => `${daemon} ${showCpu(used.cpuSeconds)}`)
    .join(', ')
}

function showCpu(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds.toFixed(2)} s`
}

const showBytes = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : formatBytes(bytes)

/** Undefined when none is known. */
function sumCpu(all: readonly Resources[]): number | undefined {
  const known = all.map(({ cpuSeconds }) => cpuSeconds).filter((seconds) => seconds !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, seconds) => sum + seconds, 0)
}
