/** Reports one of many runs: a line when it is green; all that is wrong, and then the line, when it is not. */
import { oneLine } from '../../kernel/failure-words.ts'
import { formatDuration } from '../../kernel/units.ts'
import { renderGateLine } from '../../ledger/text.ts'
import { renderFinal } from './final.ts'
import type { Paint } from './paint.ts'
import type { Reporter } from './reporter.ts'
import type { Sink } from './sink.ts'

export interface BriefOptions {
  /** Counts the runs, from 1. */
  readonly n: number
  readonly paint: Paint
  /** A terminal that can erase its line: it shows how far the run is. */
  readonly live: boolean
}

const ERASE = '\r\u001b[K'

/** For one run; the next needs a reporter of its own. `finish` resolves when the sink has taken everything. */
export function createBriefReporter(sink: Sink, { n, paint, live }: BriefOptions): Reporter {
  const all = { ended: 0, selected: 0 }
  const show = (what: string): void => {
    if (live) sink.write(`${ERASE}${paint.dim(`run ${n}  ${what}`)}`)
  }
  const clear = (): void => {
    if (live) sink.write(ERASE)
  }
  return {
    event(event) {
      if (event.type === 'run.started') {
        all.selected = event.selected.length
        show('booting')
      } else if (event.type === 'smoke.started') {
        show(`${all.ended} of ${all.selected}: ${oneLine(event.smoke, 40)}`)
      } else if (event.type === 'smoke.finished') {
        all.ended += 1
      } else if (event.type === 'interrupted') {
        clear()
        sink.line(paint.warn(`interrupted by ${event.signal}: stopping in order; once more to kill`))
      }
    },
    finish(verdict) {
      clear()
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
