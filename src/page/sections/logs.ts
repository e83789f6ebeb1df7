/** The logs of all daemons as one list in time: the lines as data, which the page's script shows and searches. */
import { count } from '../../kernel/text.ts'
import { formatBytes } from '../../kernel/units.ts'
import { embedJson, type Html, html } from '../html.ts'
import type { DaemonLog, LogLine } from '../log-text.ts'
import type { PageModel } from '../model.ts'

/** Undefined: there is no log. Without JavaScript it names the files instead of showing their lines. */
export function renderLogs({ logs }: PageModel): Html | undefined {
  if (logs.length === 0) return undefined
  const cut = logs.filter((log) => log.leftOut > 0)
  return html`<section id="logs" aria-labelledby="h-logs">
<h2 id="h-logs">Daemon logs</h2>
<noscript><p>Searching needs JavaScript. The logs themselves are beside this page:</p>
<ul>${logs.map((log) => html`<li><code>${log.path}</code> (${formatBytes(log.bytes)})</li>`)}</ul></noscript>
${
  cut.length > 0 &&
  html`<p class="left-out">Beginning, end, and what was logged while something failed, to keep this page small: ${cut.map(
    (log, i) => html`${i > 0 && ', '}${log.daemon} (${formatBytes(log.leftOut)} left out)`,
  )}. The files beside this page hold what was kept of them.</p>`
}
<form class="log-tools" role="search" hidden>
<label>Search <input type="search" id="log-search" autocomplete="off" spellcheck="false" placeholder="text, any case"> <kbd>/</kbd></label>
<label>Daemon <select id="log-daemon"><option value="">all ${count(logs.length, 'daemon')}</option>${logs.map((log) => html`<option>${log.daemon}</option>`)}</select></label>
<label class="check"><input type="checkbox" id="log-raw"> as written</label>
<output id="log-count" aria-live="polite"></output>
</form>
<p id="log-window" class="window" hidden></p>
<div id="log-lines" class="log-lines" tabindex="0" role="region" aria-label="log lines" hidden></div>
<p class="tools"><button type="button" id="log-more" hidden></button></p>
<script type="application/json" id="log-data">${embedJson(dataOf(logs))}</script>
</section>`
}

/** Names once; lines as `[daemon, milliseconds or null, text, note or nothing]`, in the order of their times. */
function dataOf(logs: readonly DaemonLog[]): object {
  const daemons = logs.map(({ daemon }) => daemon)
  const index = new Map(daemons.map((daemon, i) => [daemon, i]))
  return {
    daemons,
    lines: mergeByTime(logs).map(({ daemon, atMs, text, note }) => [
      index.get(daemon),
      atMs === undefined ? null : Math.round(atMs),
      text,
      ...(note ? [1] : []),
    ]),
  }
}

/** Each log stays in its own order; a line without a time goes with the line before it in its log. */
function mergeByTime(logs: readonly DaemonLog[]): LogLine[] {
  return logs
    .flatMap(({ lines }, log) => {
      let at = 0
      return lines.map((line, i) => {
        at = line.atMs ?? at
        return { line, at, log, i }
      })
    })
    .sort((a, b) => a.at - b.at || a.log - b.log || a.i - b.i)
    .map(({ line }) => line)
}
