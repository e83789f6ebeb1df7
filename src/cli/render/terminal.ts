/** Reports on a terminal: a live view while the run goes on, then the same final block as everywhere. */
import { now } from '../../kernel/clock.ts'
import { createVerdict } from '../../ledger/verdict.ts'
import { type Board, createBoard } from './board.ts'
import { renderFinal } from './final.ts'
import type { Screen } from './live-view.ts'
import type { Paint } from './paint.ts'
import type { Reporter } from './reporter.ts'
import { renderResources } from './resources.ts'
import type { Sink } from './sink.ts'
import { createTiming, renderTiming } from './timing.ts'

export interface TerminalOptions {
  /** Where the time went, before the ledger. */
  readonly timing: boolean
  readonly paint: Paint
}

/**
 * For one run. The view is there from the beginning of the boot until `finish`, which takes it away, prints the final
 * block, and resolves when the sink has taken it.
 */
export function createTerminalReporter(
  sink: Sink,
  screen: Screen,
  { timing, paint }: TerminalOptions,
): Reporter {
  const fold = createVerdict()
  const times = createTiming()
  let selected: readonly string[] = []
  let board: Board | undefined
  let drawn: Promise<string | undefined> = Promise.resolve(undefined)

  /** The view is a comfort: a fault in it is told at the end and changes nothing else. */
  async function draw(live: Board): Promise<string | undefined> {
    try {
      // Loaded only where it is seen.
      const { drawLive } = await import('./live-view.ts')
      await drawLive(live, sink, screen, paint)
      return undefined
    } catch (error) {
      return `the live view failed: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  return {
    event(event) {
      fold.add(event)
      times.add(event)
      if (event.type === 'run.started') selected = event.selected
      if (event.type === 'boot.started' && board === undefined) {
        board = createBoard(event.daemons, selected, paint, now)
        drawn = draw(board)
      }
      board?.add(event, event.type === 'smoke.finished' ? fold.row(event.smoke) : undefined)
    },
    async finish(verdict) {
      board?.close()
      const fault = await drawn
      if (fault !== undefined) sink.line(paint.warn(fault))
      for (const line of renderFinal(
        verdict,
        paint,
        timing ? [...renderTiming(times.current()), ...renderResources(verdict)] : [],
      ))
        sink.line(line)
      await sink.drain()
    },
  }
}
