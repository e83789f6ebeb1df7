/** `--reporter NAME[=FILE]` of `parity`. */
import { err, ok, type Result } from '../kernel/result.ts'
import { didYouMean } from '../kernel/text.ts'

export const PARITY_FORMATS = ['text', 'json', 'markdown'] as const
export type ParityFormat = (typeof PARITY_FORMATS)[number]

export interface ParityOutput {
  readonly format: ParityFormat
  /** Absent: standard output. */
  readonly file?: string
}

/** Standard output is for one format: the given one, or the text. */
export function readOutputs(
  given: readonly string[],
  json: boolean,
): Result<readonly ParityOutput[], readonly string[]> {
  const faults: string[] = []
  const outputs = [...given, ...(json ? ['json'] : [])].flatMap((one): ParityOutput[] => {
    const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(one) ?? []
    const format = PARITY_FORMATS.find((known) => known === name)
    if (format === undefined) {
      faults.push(
        `no reporter is named "${name}"${didYouMean(name, PARITY_FORMATS)} (${PARITY_FORMATS.join(', ')})`,
      )
      return []
    }
    if (file === '') faults.push(`--reporter ${name}=: a file's name is missing`)
    return [{ format, ...(file === undefined ? {} : { file }) }]
  })
  const onScreen = outputs.filter(({ file }) => file === undefined)
  if (onScreen.length > 1) {
    const names = onScreen.map(({ format }) => format).join(' and ')
    faults.push(`only one reporter can have standard output, not ${names}: write NAME=FILE for the others`)
  }
  if (faults.length > 0) return err(faults)
  return ok(onScreen.length > 0 ? outputs : [...outputs, { format: 'text' }])
}
