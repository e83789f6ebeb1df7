/**
 * The verdict as GitHub Actions reads it from standard output: an annotation for each smoke that is red, at the
 * place of the failed step, and for each trouble of the run, grouped; then the ledger's last line.
 * What a job's page shows is `markdown.ts`.
 */
import { oneLine } from '../kernel/failure-words.ts'
import { bounded, printable } from '../kernel/text.ts'
import { isRed, listTroubles, locationOf, reasonOf, type Trouble } from './outcome.ts'
import { describeSlow, headlineOf, listLimits, renderCauseLines } from './row-text.ts'
import { renderGateLine } from './text.ts'
import type { Row, Verdict } from './verdict.ts'

export interface GithubOptions {
  /** The checkout's folder (`GITHUB_WORKSPACE`): GitHub knows files by their path from there. */
  readonly workspace: string
}

/** GitHub shows a title on one line, and cuts an annotation after 64 KiB. */
const SHOWN = { title: 250, message: 10_000 } as const

/** The report; ends with a line break. GitHub shows the first ten errors of a step: the causes come first. */
export function renderGithub(verdict: Verdict, { workspace }: GithubOptions): string {
  const troubles = listTroubles(verdict)
  const failed = verdict.rows.filter((row) => row.class === 'FAIL')
  const undecided = verdict.rows.filter((row) => isRed(row) && row.class !== 'FAIL')
  const about = { title: `stack ${verdict.stack.name}` }
  const skipped = verdict.rows.filter((row) => row.class === 'SKIP')
  return [
    ...(troubles.length > 0 ? renderTroubles(troubles, workspace) : []),
    ...[...failed, ...undecided].flatMap((row) => renderSmoke(row, verdict, workspace)),
    ...skipped.map((row) => renderCommand('notice', { title: `SKIP ${row.smoke}` }, reasonOf(row, verdict))),
    ...verdict.rows.flatMap((row) => {
      const slow = describeSlow(row)
      return slow === undefined ? [] : [renderCommand('warning', { title: `SLOW ${row.smoke}` }, slow)]
    }),
    ...listLimits(verdict).map((limit) => renderCommand('notice', about, limit)),
    ...verdict.warnings.map((warning) => renderCommand('warning', about, warning)),
    renderGateLine(verdict),
    '',
  ].join('\n')
}

function renderTroubles(troubles: readonly Trouble[], workspace: string): string[] {
  return renderGroup(
    'the run',
    troubles.map(({ headline, detail, location }) =>
      renderCommand(
        'error',
        { ...placeOf(location, workspace), title: headline },
        detail.join('\n') || headline,
      ),
    ),
  )
}

function renderSmoke(row: Row, verdict: Verdict, workspace: string): string[] {
  const location = row.failures.map(locationOf).find((place) => place !== undefined)
  const title = headlineOf(row, verdict)
  const lines = renderCauseLines(row, verdict).filter((line, i) => i > 0 || line !== title)
  return renderGroup(`${row.class} ${row.smoke}  ${row.title}`, [
    renderCommand('error', { ...placeOf(location, workspace), title }, lines.join('\n') || title),
  ])
}

function renderGroup(title: string, lines: readonly string[]): string[] {
  return [renderCommand('group', {}, oneLine(title)), ...lines, renderCommand('endgroup', {}, '')]
}

function placeOf(
  location: { readonly file: string; readonly line: number; readonly column: number } | undefined,
  workspace: string,
): Record<string, string> {
  if (location === undefined) return {}
  const inside = location.file.startsWith(`${workspace}/`)
  const file = inside ? location.file.slice(workspace.length + 1) : location.file
  return { file, line: String(location.line), col: String(location.column) }
}

/** `::error file=a,line=1::text`, as the runner takes it apart. */
function renderCommand(
  command: 'error' | 'warning' | 'notice' | 'group' | 'endgroup',
  properties: Readonly<Record<string, string>>,
  message: string,
): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`)
  const head = pairs.length === 0 ? command : `${command} ${pairs.join(',')}`
  return `::${head}::${escapeMessage(bounded(message, SHOWN.message))}`
}

/**
 * The runner splits lines and undoes these escapes; `%` first, or it would undo one that we never made. It takes
 * `##[` anywhere in a line for a command of its old form.
 */
function escapeMessage(text: string): string {
  return printable(text)
    .toWellFormed()
    .replaceAll('##[', '## [')
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
}

/** The value of a property may not hold `:` and `,` either. */
function escapeProperty(text: string): string {
  return escapeMessage(oneLine(text, SHOWN.title)).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
