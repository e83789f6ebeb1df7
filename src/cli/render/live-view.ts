/** Draws the board on a terminal with listr2, ten times a second, and clears it away at the end. */
import {
  DefaultRenderer,
  ListrDefaultRendererLogLevels as Level,
  Listr,
  ListrLogger,
  type ListrTask,
  ProcessOutput,
  Spinner,
} from 'listr2'
import type { Board, Line, Phase } from './board.ts'
import type { Paint } from './paint.ts'
import type { Sink } from './sink.ts'

export interface Screen {
  readonly columns?: number
  readonly rows?: number
}

/** How often the screen is drawn, in milliseconds. */
const FRAME_MS = 100

/** Lines of the view beside daemons and smokes: the headings. Where they do not fit, the first is cut off. */
const HEADINGS = 3

/** Drawn by frames, not by events: two hundred daemons that come up at once are one frame, not four hundred. */
class FrameClock extends Spinner {
  drawing = false
  /** Takes the titles over as they read now; one for every line that listr2 has begun. */
  readonly refreshers = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined

  override start(draw: () => void = () => undefined): void {
    this.#timer = setInterval(() => {
      this.spin()
      for (const refresh of this.refreshers) refresh()
      this.drawing = true
      draw()
      this.drawing = false
    }, FRAME_MS)
    // A view must not keep the process alive, whatever becomes of the run.
    this.#timer.unref()
  }

  override isRunning(): boolean {
    return this.#timer !== undefined
  }

  override stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

/** Shows the board until its last line is over. Rejects only on a fault of the drawing itself. */
export async function drawLive(board: Board, sink: Sink, screen: Screen, paint: Paint): Promise<void> {
  const clock = new FrameClock()

  class FrameRenderer extends DefaultRenderer {
    // Whether there is a terminal has been decided where the reporter was chosen.
    static override nonTTY = true

    override update(): void {
      if (clock.drawing) super.update()
    }
  }

  const rows = screen.rows ?? 24
  const bothFit = board.boot.lines.length + board.chain.lines.length + HEADINGS <= rows
  const toPhaseTask = (phase: Phase, concurrent: boolean, collapse: boolean): Task =>
    phase.lines.length === 0 || phase.lines.length + HEADINGS > rows
      ? toTask({ ...phase, title: phase.titleAlone }, clock)
      : toTaskWithLines(phase, clock, { concurrent, collapse })
  const tasks = [
    toPhaseTask(board.boot, true, !bothFit),
    // One after another, as the chain runs: a smoke that has not begun is drawn as waiting.
    toPhaseTask(board.chain, false, false),
    toPhaseTask(board.stop, false, false),
  ]
  const listr = new Listr(tasks, {
    concurrent: false,
    exitOnError: false,
    registerSignalListeners: false,
    renderer: FrameRenderer,
    rendererOptions: {
      spinner: clock,
      logger: new ListrLogger({
        processOutput: new ProcessOutput(toStream(sink, screen), toStream(sink, screen)),
      }),
      formatOutput: 'truncate',
      clearOutput: true,
      collapseErrors: false,
      showErrorMessage: false,
      showSkipMessage: false,
      color: {
        [Level.PENDING]: optional(paint.warn),
        [Level.COMPLETED]: optional(paint.good),
        [Level.COMPLETED_WITH_FAILED_SUBTASKS]: optional(paint.bad),
        [Level.FAILED]: optional(paint.bad),
        [Level.FAILED_WITH_FAILED_SUBTASKS]: optional(paint.bad),
        [Level.SKIPPED_WITH_COLLAPSE]: optional(paint.warn),
        [Level.WAITING]: optional(paint.dim),
      },
    },
  })
  await listr.run()
}

/** The shape in which listr2 takes a colour. */
function optional(style: (text: string) => string): (text?: string) => string {
  return (text = '') => style(text)
}

type Task = ListrTask<object, typeof DefaultRenderer>

/** `collapse`: hide the lines once all are over, to make room for the next phase. */
function toTaskWithLines(
  phase: Phase,
  clock: FrameClock,
  how: { concurrent: boolean; collapse: boolean },
): Task {
  const lines = phase.lines.map((line) => toTask(line, clock))
  return {
    title: phase.title(),
    task: (_, wrapper) => {
      const refresh = (): void => {
        wrapper.title = phase.title()
      }
      clock.refreshers.add(refresh)
      return wrapper.newListr(lines, {
        concurrent: how.concurrent,
        exitOnError: false,
        rendererOptions: { collapseSubtasks: how.collapse },
      })
    },
  }
}

function toTask(line: Line, clock: FrameClock): Task {
  return {
    title: line.title(),
    task: async (_, wrapper) => {
      const refresh = (): void => {
        wrapper.title = line.title()
      }
      clock.refreshers.add(refresh)
      const outcome = await line.over
      clock.refreshers.delete(refresh)
      refresh()
      if (outcome === 'skipped') wrapper.skip()
      if (outcome === 'bad') throw new Error(line.title())
    },
  }
}

/**
 * A stream for listr2 that is not the process's own: it takes over `write` of what it is given, and whatever
 * else the process had to say meanwhile would be held back, or lost when it crashes.
 */
function toStream(sink: Sink, screen: Screen): NodeJS.WriteStream {
  const stream = {
    write: (text: string) => {
      sink.write(text)
      return true
    },
    isTTY: true,
    get columns() {
      return screen.columns ?? 80
    },
    get rows() {
      return screen.rows ?? 24
    },
  }
  // listr2 asks for the type of process.stdout and uses these four members of it.
  return stream as unknown as NodeJS.WriteStream
}
