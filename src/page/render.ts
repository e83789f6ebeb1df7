/** The page: one HTML file that needs nothing else, and in which nothing runs but its own script. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { summarise } from './causes.ts'
import { createPen } from './charts/svg.ts'
import { embedOwn, type Html, html } from './html.ts'
import type { PageModel } from './model.ts'
import { renderComparison } from './sections/comparison.ts'
import { renderFailures } from './sections/failures.ts'
import { renderLedgerSection } from './sections/ledger.ts'
import { renderLogs } from './sections/logs.ts'
import { renderResources } from './sections/resources.ts'
import { renderSmokes } from './sections/smokes.ts'
import { renderTimeline } from './sections/timeline.ts'
import { renderTop } from './sections/top.ts'
import { readStyle } from './style.ts'

/** The whole page as text, with its last newline. Of the run nothing is read: all that is shown is in `model`. */
export async function renderPage(model: PageModel): Promise<string> {
  const pen = createPen()
  try {
    const failures = renderFailures(model)
    const resources = renderResources(model, pen)
    const logs = renderLogs(model)
    const sections: readonly (readonly [id: string, title: string, content: Html | undefined])[] = [
      ['ledger', 'Ledger', renderLedgerSection(model)],
      ['failures', 'What went wrong', failures],
      ['timeline', 'Timeline', renderTimeline(model, pen)],
      ['smokes', 'Smokes', renderSmokes(model)],
      ['resources', 'Resources', resources],
      ['logs', 'Logs', logs],
      ['comparison', 'Comparison', renderComparison(model)],
    ]
    return frame(
      model,
      sections.filter(([, , content]) => content !== undefined),
    ).toString()
  } finally {
    await pen.close()
  }
}

function frame(model: PageModel, sections: readonly (readonly [string, string, Html | undefined])[]): Html {
  const style = readStyle()
  const script = readFileSync(new URL('page.js', import.meta.url), 'utf8')
  const { verdict } = model.run
  const title = `${summarise(verdict).text} – ${verdict.stack.name} – smokechain`
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="smokechain ${verdict.tool.version}">
<title>${title}</title>
<style>${embedOwn(style)}</style>
</head>
<body>
<a class="skip" href="#ledger">Skip to the ledger</a>
${sections.some(([id]) => id === 'logs') && html`<a class="skip" href="#logs">Skip to the logs</a>`}
<main>
${renderTop(model)}
<nav aria-label="sections of this page">${sections.map(([id, name]) => html`<a href="#${id}">${name}</a>`)}</nav>
${sections.map(([, , content]) => content)}
</main>
<footer>Made from <code>${model.run.dir}/journal.jsonl</code>. Times count from the start of the run.</footer>
<script>${embedOwn(script)}</script>
</body>
</html>
`
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
