/** File names in the headers of a diff: bare, or quoted as C strings (git-config(1), core.quotePath). */
import { type ByteText, decode } from './bytes.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
}

/** The name meant by a field of a header, as text: quotes undone, `a/` or `b/` taken off; undefined for /dev/null. */
export function readName(field: ByteText, prefix: boolean): string | undefined {
  // Plain diffs put a tab and the time behind the name; git puts a tab behind a name with blanks.
  const bare = field.replace(/[\r\n]+$/, '')
  const name = bare.startsWith('"') ? unquote(bare) : bare.replace(/\t.*$/, '')
  if (name === '/dev/null') return undefined
  return decode(prefix ? name.replace(/^[a-z]\//, '') : name)
}

/** `"a\303\244\"b"` and what follows it → the bytes of the name. */
function unquote(quoted: ByteText): ByteText {
  const [, inner = ''] = /^"((?:[^"\\]|\\.)*)"/.exec(quoted) ?? []
  return inner.replaceAll(/\\([0-3][0-7]{2}|.)/g, (_all, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code),
  )
}

/**
 * The two names of `diff --git a/x b/x`. Bare names with blanks are ambiguous; they are equal then, or the header has
 * further lines that name them.
 */
export function readGitLine(line: ByteText): readonly [string | undefined, string | undefined] {
  const rest = line.replace(/^diff --git /, '').replace(/[\r\n]+$/, '')
  const quoted =
    /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*")$/.exec(rest) ?? /^("(?:[^"\\]|\\.)*") (.+)$/.exec(rest)
  if (quoted) return [readName(quoted[1] ?? '', true), readName(quoted[2] ?? '', true)]
  // `a/NAME b/NAME`: both of one length.
  const half = (rest.length - 1) / 2
  if (rest[half] === ' ') {
    const [left, right] = [rest.slice(0, half), rest.slice(half + 1)]
    if (left.replace(/^[a-z]\//, '') === right.replace(/^[a-z]\//, ''))
      return [readName(left, true), readName(right, true)]
  }
  const [, left = rest, right = rest] = /^(\S+) (\S+)$/.exec(rest) ?? /^(.+?) (b\/.+)$/.exec(rest) ?? []
  return [readName(left, true), readName(right, true)]
}
