/** The one report that goes to standard output, which then holds nothing else. */
import { createSink, type Out } from '../render/sink.ts'
import type { ReportSource } from './formats.ts'
import type { ReportRequest } from './requests.ts'

/**
 * Prints the report. A reader that has gone away is no fault: the same is in the run directory.
 *
 * @returns why it could not be printed, when it could not.
 */
export async function printReport(
  { format }: ReportRequest,
  source: ReportSource,
  stdout: Out,
): Promise<string | undefined> {
  const render = await format.load()
  const text = await render(source)
  const lost = Promise.withResolvers<string | undefined>()
  const sink = createSink(stdout, (error) => lost.resolve(error.message))
  sink.write(text)
  await sink.drain()
  // A stream tells an error right after it has let go of what was written.
  setImmediate(() => lost.resolve(undefined))
  return lost.promise
}
