/** What the command-line jobs share: flags, configuration, and one line on stderr with the right exit code. */
import { parseArgs } from 'node:util'
import { messageOf } from './message-of.ts'

/** Wrong usage or configuration: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export interface FlagSpec {
  readonly [name: string]: { readonly type: 'string' | 'boolean' }
}

/** The flags that were given. Throws `UsageError` for unknown ones, missing values and anything that is no flag. */
export function readFlags(
  args: readonly string[],
  spec: FlagSpec,
): Readonly<Record<string, string | boolean>> {
  try {
    const { values } = parseArgs({ args: [...args], options: spec, strict: true, allowPositionals: false })
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<
      string,
      string | boolean
    >
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error })
  }
}

/**
 * Runs a job and ends with its exit code: what `work` resolves to; 2 for a `UsageError`, which is shown with the
 * usage; 1 for anything else. Either way one line on stderr says why.
 */
export async function runJob(name: string, usage: string, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work()
  } catch (error) {
    const message = messageOf(error)
    const isUsage = error instanceof UsageError
    process.stderr.write(`${name}: ${message.replaceAll('\n', ' ')}\n${isUsage ? `usage: ${usage}\n` : ''}`)
    process.exitCode = isUsage ? 2 : 1
  }
}
