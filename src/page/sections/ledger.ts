/** The ledger, in its own words: the first column of this table is ledger.txt to the letter. */
import { describeSlowness } from '../../kernel/slowness.ts'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { renderGateLine, renderRow } from '../../ledger/text.ts'
import type { Row } from '../../ledger/verdict.ts'
import { smokeAnchor } from '../anchors.ts'
import { type Html, html } from '../html.ts'
import type { PageModel } from '../model.ts'

/** The name of its class in the style sheet. */
export const classOf = (verdictClass: string): string => `c-${verdictClass.toLowerCase().replace(' ', '-')}`

/** One line for each selected smoke, linked to its details. */
export function renderLedgerSection({ run, smokes }: PageModel): Html {
  const { verdict } = run
  return html`<section id="ledger" aria-labelledby="h-ledger">
<h2 id="h-ledger">Ledger</h2>
<table class="ledger">
<thead><tr><th scope="col">Line</th><th scope="col">Claim</th><th scope="col" class="num">Took</th><th scope="col" class="num">Expected</th></tr></thead>
<tbody>${smokes.map(({ row }) => renderLine(row))}</tbody>
<tfoot><tr><td colspan="4" class="gate-cell"><code class="gate-line">${renderGateLine(verdict)}</code></td></tr></tfoot>
</table>
</section>`
}

function renderLine(row: Row): Html {
  const said = row.title === '' ? (row.reason ?? 'never begun') : row.title
  const note = row.class === 'SKIP' || row.class === 'NOT RUN' ? row.reason : undefined
  return html`<tr>
<th scope="row"><a href="#${smokeAnchor(row.smoke)}"><code><span class="class ${classOf(row.class)}">${row.class}</span>${renderRow(row).slice(row.class.length)}</code></a></th>
<td>${said}${note !== undefined && note !== said && html` <span class="muted">(${note})</span>`}${row.slow && html` <span class="slow" title="${describeSlowness(row.slow)}">slow</span>`}</td>
<td class="num">${row.class === 'NOT RUN' ? '' : formatDuration(row.ms)}</td>
<td class="num muted">${row.steps === 0 ? '' : `${row.expectations} in ${count(row.steps, 'step')}`}</td>
</tr>
`
}
