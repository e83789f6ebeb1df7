/** Flags and, where LAKEHOUSE_CONFIG is set, the section `[materializer]`; flags win. */
import { z } from 'zod'
import { readFlags, UsageError } from '../kit/command-line.ts'
import { loadConfig, sizeSchema } from '../kit/config.ts'
import type { MaterializeOptions } from './materialize.ts'

export const USAGE = 'materializer --source DIR --out DIR'

const configSchema = z.strictObject({
  source: z.string().min(1).optional(),
  out: z.string().min(1).optional(),
  time_fields: z.array(z.string().min(1)).min(1).default(['at', 'recorded_at', 'timestamp', 'ts']),
  max_line_bytes: sizeSchema.default(16 * 2 ** 20),
})

/** Throws `UsageError`; an invalid configuration file ends the process with one line, exit 2. */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): MaterializeOptions {
  const flags = readFlags(args, { source: { type: 'string' }, out: { type: 'string' } })
  const file = env['LAKEHOUSE_CONFIG']
  const own =
    file === undefined || file === '' ? configSchema.parse({}) : loadConfig('materializer', configSchema).own
  const source = flags['source'] ?? own.source
  const out = flags['out'] ?? own.out
  if (typeof source !== 'string' || source === '') throw new UsageError('--source is missing')
  if (typeof out !== 'string' || out === '') throw new UsageError('--out is missing')
  return { source, out, timeFields: own.time_fields, maxLineBytes: own.max_line_bytes }
}
