/** `smokechain schema`: the published JSON Schemas, for editors and for readers of ledger.json. */
import { ledgerJsonSchema } from '../../ledger/json.ts'
import { stackJsonSchema } from '../../stack/schema.ts'
import { ExitCode } from '../exit-codes.ts'
import { unknownName } from '../names.ts'

const SCHEMAS: Readonly<Record<string, () => unknown>> = { stack: stackJsonSchema, ledger: ledgerJsonSchema }

/** Prints the schema asked for. @returns the exit code. */
export async function schema(which: string): Promise<number> {
  const create = SCHEMAS[which]
  if (!create) {
    process.stderr.write(`error: ${unknownName('schema', which, Object.keys(SCHEMAS))}\n`)
    return ExitCode.usage
  }
  process.stdout.write(`${JSON.stringify(create(), null, 2)}\n`)
  return ExitCode.ok
}
