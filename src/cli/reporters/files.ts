/** Writes the reports that go to files, so that each of them tells the verdict as it ends up. */
import { appendFileSync, statSync, truncateSync } from 'node:fs'
import { messageOf } from '../../kernel/errno.ts'
import type { Failure } from '../../kernel/failure.ts'
import { renderMarkdown, SUMMARY_LIMIT } from '../../ledger/markdown.ts'
import type { ReportSource } from './formats.ts'
import type { ReportRequest } from './requests.ts'
import { writeOutput } from './write-output.ts'

export interface ReportFiles {
  /**
   * Writes them all. A report that cannot be written is lost, which is part of the verdict: then the others are
   * written again, so that none of them tells of a run that is better than it was. May be called again.
   *
   * @param source what they are made from at the time; its verdict must know of what was lost.
   * @param lose called once for each report that cannot be written.
   */
  write(source: () => ReportSource, lose: (failure: Failure) => void): Promise<void>
}

interface Target {
  readonly path: string
  write(source: ReportSource): Promise<void>
}

/** @param env `GITHUB_STEP_SUMMARY`: the file to which the reporter `github` adds the summary. */
export function createReportFiles(
  requests: readonly ReportRequest[],
  env: Readonly<Record<string, string | undefined>>,
): ReportFiles {
  const summary = env['GITHUB_STEP_SUMMARY']
  let targets = [
    ...requests.flatMap((request) => (request.file === undefined ? [] : [toFile(request, request.file)])),
    ...(summary && requests.some(({ name }) => name === 'github') ? [toSummary(summary)] : []),
  ]

  return {
    async write(source, lose) {
      let stale = true
      while (stale) {
        stale = false
        for (const target of targets) {
          try {
            await target.write(source())
          } catch (error) {
            targets = targets.filter((other) => other !== target)
            stale = true
            lose({ tag: 'evidence-lost', path: target.path, reason: messageOf(error) })
          }
        }
      }
    },
  }
}

function toFile({ format }: ReportRequest, path: string): Target {
  return {
    path,
    async write(source) {
      const render = await format.load()
      writeOutput(path, await render(source))
    },
  }
}

/** Less room than this is no room for a summary. */
const LEAST_SUMMARY = 4_096

/** Other steps' words stay; our own are written anew when the verdict has changed. */
function toSummary(path: string): Target {
  let before: number | undefined
  return {
    path,
    async write({ verdict }) {
      if (before !== undefined) truncateSync(path, before)
      before ??= statSync(path, { throwIfNoEntry: false })?.size ?? 0
      const room = SUMMARY_LIMIT - before
      // A summary over the limit is shown by GitHub not at all, with all that others have put there.
      if (room >= LEAST_SUMMARY) appendFileSync(path, renderMarkdown(verdict, room))
    },
  }
}
