/** The timeline: the boot close up, then the whole run; pictures with the same facts in words beside them. */
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { drawBoot } from '../charts/boot.ts'
import { drawDaemons, drawSmokes, MAX_STEPS_DRAWN } from '../charts/run.ts'
import type { Pen } from '../charts/svg.ts'
import { type Html, html } from '../html.ts'
import type { PageModel } from '../model.ts'

/** What has not begun is left out: the boot, the smokes, or the daemons. @param pen is the caller's to close. */
export function renderTimeline(model: PageModel, pen: Pen): Html {
  const { boot, lives, smokes } = model
  const began = smokes.filter((smoke) => smoke.startedAt !== undefined)
  const steps = began.reduce((sum, smoke) => sum + smoke.steps.length, 0)
  const times = { boot, stop: model.stop, endMs: model.run.endMs }
  return html`<section id="timeline" aria-labelledby="h-timeline">
<h2 id="h-timeline">Timeline</h2>
${boot && lives.length > 0 && renderBoot(model, pen)}
${
  began.length > 0 &&
  html`<h3 id="h-smokes-run">The run</h3>
<p class="legend"><i class="k pass"></i>passed <i class="k fail"></i>failed <i class="k faint"></i>between steps <i class="k shade"></i>boot and stop <span class="hint" hidden>· choose a bar to see what was logged meanwhile</span></p>
<figure class="chart scroll" tabindex="0" aria-labelledby="h-smokes-run">${drawSmokes(pen, smokes, times)}</figure>
${steps > MAX_STEPS_DRAWN && html`<p class="left-out">The ${steps} steps are too many to be drawn; each is listed with its smoke.</p>`}`
}
${
  lives.some((life) => life.incarnations.length > 0) &&
  html`<h3 id="h-daemons-run">The daemons</h3>
<p class="legend"><i class="k wait"></i>starting <i class="k soft"></i>up <b class="x">×</b>ended as asked <b class="x dead">×</b>died</p>
<figure class="chart scroll" tabindex="0" aria-labelledby="h-daemons-run">${drawDaemons(pen, lives, times)}</figure>
${renderEnds(model)}`
}
</section>`
}

function renderBoot({ boot, lives }: PageModel, pen: Pen): Html | undefined {
  if (!boot) return undefined
  const took = formatDuration(boot.endedAt - boot.startedAt)
  const path = boot.criticalPath
  return html`<h3 id="h-boot">Boot ${boot.ended ? took : `(not ended after ${took})`}</h3>
${
  path.length > 1 &&
  html`<p>The critical path, which decides how long it takes: ${path.map((name, i) => html`${i > 0 && ' → '}<b>${name}</b>`)}.</p>`
}
<p class="legend"><i class="k dots"></i>waits for what it needs <i class="k soft"></i>spawned to ready <i class="k critical"></i>on the critical path</p>
<figure class="chart scroll" tabindex="0" aria-labelledby="h-boot">${drawBoot(pen, boot, lives)}</figure>`
}

/** Restarts and deaths in words: those of the stop are none. */
function renderEnds({ lives, stop }: PageModel): Html | undefined {
  const ends = lives
    .flatMap((life) => life.incarnations.map((one) => ({ life, one })))
    .flatMap(({ life, one }) => (one.endedAt === undefined ? [] : [{ life, one, endedAt: one.endedAt }]))
    .filter(({ endedAt }) => stop === undefined || endedAt < stop.startedAt)
    .sort((a, b) => a.endedAt - b.endedAt)
  if (ends.length === 0) return undefined
  return html`<details class="ends"><summary>${count(ends.length, 'end of a process', 'ends of processes')} before the stop</summary><ul>${ends.map(
    ({ life, one, endedAt }) =>
      html`<li><span class="time">${formatDuration(endedAt)}</span> <b>${life.name}</b> ${
        one.ending === 'died' ? html`<span class="class c-fail">died</span>` : 'was ended as asked'
      } (${one.exit})${one.during !== undefined && html` during ${one.during}`}</li>`,
  )}</ul></details>`
}
