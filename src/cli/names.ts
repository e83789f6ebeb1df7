/** Names that people type, and what is said when there is no such thing. */
import { didYouMean } from '../kernel/text.ts'

/** One line for a name that does not exist. */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  return `no ${kind} named "${name}"${didYouMean(name, known)} (known: ${known.join(', ')})`
}
