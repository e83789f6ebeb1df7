/** Chooses the reporter for where the output goes. */
import { createPaint, wantsColor } from './paint.ts'
import { createPlainReporter } from './plain.ts'
import type { Reporter } from './reporter.ts'
import { createSink, type Out } from './sink.ts'
import { createTerminalReporter } from './terminal.ts'

export interface ReporterOptions {
  /** `auto`: `terminal` on a terminal that can move its cursor and without `verbose`, otherwise `plain`. */
  readonly kind: 'auto' | 'plain' | 'terminal'
  /** Standard output is somebody else's: what people read goes to standard error, line by line. */
  readonly aside?: boolean
  readonly stdout: Out
  readonly stderr: Out
  /** Also every start, step and stop. */
  readonly verbose?: boolean
  /** Tell at the end where the time went. */
  readonly timing?: boolean
  /** `--color`, `--no-color`; absent: NO_COLOR, FORCE_COLOR and the terminal decide. */
  readonly color?: boolean
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** A reporter that writes to the given streams. A stream whose reader goes away is written to no more. */
export function createReporter(options: ReporterOptions): Reporter {
  const { stdout, stderr, aside = false, verbose = false, timing = false, color, env = process.env } = options
  const toPeople = aside ? stderr : stdout
  const errors = createSink(stderr)
  const sink = createSink(toPeople, (error) => errors.line(`cannot write the report: ${error.message}`))
  const paint = createPaint(wantsColor(toPeople, env, color))
  const canMove = stdout.isTTY === true && env['TERM'] !== 'dumb'
  const kind = options.kind === 'auto' ? (canMove && !verbose && !aside ? 'terminal' : 'plain') : options.kind
  if (kind === 'terminal') return createTerminalReporter(sink, stdout, { timing, paint })
  return createPlainReporter(sink, { verbose, timing, paint })
}
