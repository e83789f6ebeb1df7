/** Reports one of many runs: a line when it is green; all that is wrong, and then the line, when it is not. */
import { oneLine } from '../../kernel/failure-words.ts'
import { formatDuration } from '../../kernel/units.ts'
import { renderGateLine } from '../../ledger/text.ts'
import { renderFinal } from './final.ts'
import type { Paint } from './paint.ts'
import type { Reporter } from './reporter.ts'
import type { Sink } from './sink.ts'

/** @param n counts the runs, from 1. */
export function createBriefReporter(n: number, sink: Sink, paint: Paint): Reporter {
  return {
    event(event) {
      if (event.type === 'interrupted') {
        sink.line(paint.warn(`interrupted by ${event.signal}: stopping in order; once more to kill`))
      }
    },
    finish(verdict) {
      const line = `run ${n}  ${renderGateLine(verdict)}  ${formatDuration(verdict.ms)}  ${verdict.run}`
      if (verdict.exitCode === 0) {
        for (const warning of verdict.warnings) sink.line(paint.warn(`warning: ${oneLine(warning)}`))
        sink.line(paint.good(line))
      } else {
        for (const text of ['', ...renderFinal(verdict, paint), paint.bad(line), '']) sink.line(text)
      }
      return sink.drain()
    },
  }
}
