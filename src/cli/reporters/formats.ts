/**
 * The report formats, by the names that `--reporter` takes. To add one: a line here, its code in a file of its own
 * that is imported only when somebody asks for it, a line in docs/reports.md.
 */
import type { Verdict } from '../../ledger/verdict.ts'

/** What a report is made from. */
export interface ReportSource {
  readonly verdict: Verdict
  /** The run directory, absolute: journal and logs. The ledgers are written after the reports. */
  readonly dir: string
  /** The environment of the tool. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Text, ending with a line break. */
export type RenderReport = (source: ReportSource) => string | Promise<string>

export interface ReportFormat {
  /** For the help. */
  readonly about: string
  /** Imports what it takes. */
  load(): Promise<RenderReport>
}

export const REPORT_FORMATS: Readonly<Record<string, ReportFormat>> = {
  text: {
    about: 'the ledger, as in ledger.txt',
    async load() {
      const { renderLedger } = await import('../../ledger/text.ts')
      return ({ verdict }) => renderLedger(verdict)
    },
  },
  json: {
    about: 'ledger.json',
    async load() {
      const { renderLedgerJson } = await import('../../ledger/json-document.ts')
      return ({ verdict }) => renderLedgerJson(verdict)
    },
  },
  junit: {
    about: 'JUnit XML',
    async load() {
      const { renderJunit } = await import('../../ledger/junit.ts')
      return ({ verdict }) => renderJunit(verdict)
    },
  },
  tap: {
    about: 'TAP 14',
    async load() {
      const { renderTap } = await import('../../ledger/tap.ts')
      return ({ verdict }) => renderTap(verdict)
    },
  },
  github: {
    about: 'annotations of GitHub Actions; adds the summary to $GITHUB_STEP_SUMMARY',
    async load() {
      const { renderGithub } = await import('../../ledger/github.ts')
      return ({ verdict, env }) =>
        renderGithub(verdict, { workspace: env['GITHUB_WORKSPACE'] || process.cwd() })
    },
  },
  markdown: {
    about: 'a summary in Markdown',
    async load() {
      const { renderMarkdown } = await import('../../ledger/markdown.ts')
      return ({ verdict }) => renderMarkdown(verdict)
    },
  },
  html: {
    about: 'one page: ledger, timeline, resources, requests, logs',
    async load() {
      const { renderReport } = await import('../../page/report.ts')
      return ({ verdict, dir }) => renderReport(dir, verdict)
    },
  },
}

export const REPORT_NAMES: readonly string[] = Object.keys(REPORT_FORMATS)
