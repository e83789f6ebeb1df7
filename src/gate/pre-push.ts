/**
 * The pre-push protocol (githooks(5)): git writes one line for each ref it is about to update,
 * `<local ref> <local id> <remote ref> <remote id>`. Pure.
 */
import { err, ok, type Result } from '../kernel/result.ts'
import { bounded, printable } from '../kernel/text.ts'

/** A ref that is to be updated on the remote. */
export interface PushedRef {
  /** What was named on the command line: a ref, `HEAD~2`, an id, `:/text`. `(delete)` for a deletion. */
  readonly local: string
  /** The object that is pushed, in full; undefined for a deletion. */
  readonly id: string | undefined
  /** What it becomes there. */
  readonly remote: string
}

// The first field is read last: `git push origin 'HEAD@{1 day ago}:main'` puts a name with blanks there.
const LINE = /^(.*) ([0-9a-f]+) (\S+) ([0-9a-f]+)$/s
const ID_LENGTHS = [40, 64]

/**
 * Reads git's lines.
 *
 * @returns all refs, in order; or, when a single line is not as git writes it, one line that says which.
 */
export function parsePush(text: string): Result<readonly PushedRef[], string> {
  const lines = text.split('\n')
  // After the last line break there is nothing.
  if (lines.at(-1) === '') lines.pop()
  const refs: PushedRef[] = []
  for (const [i, line] of lines.entries()) {
    const ref = parseLine(line)
    if (!ref) return err(`line ${i + 1} of standard input is not as git writes it: ${quote(line)}`)
    refs.push(ref)
  }
  return ok(refs)
}

function parseLine(line: string): PushedRef | undefined {
  const [, local, id, remote, oldId] = LINE.exec(line) ?? []
  if (local === undefined || id === undefined || remote === undefined || oldId === undefined) return undefined
  if (local === '' || !ID_LENGTHS.includes(id.length) || id.length !== oldId.length) return undefined
  return { local, id: isZero(id) ? undefined : id, remote }
}

const isZero = (id: string): boolean => /^0+$/.test(id)

const quote = (line: string): string => JSON.stringify(bounded(printable(line), 200))

/** How a pushed ref is called in messages: names come from outside and may hold anything. */
export function nameRef({ local, remote }: PushedRef): string {
  const short = (name: string): string => bounded(printable(name).replaceAll('\n', ' '), 80)
  return local === remote ? short(remote) : `${short(local)} → ${short(remote)}`
}
