/** How systemd wants words, assignments and paths to be written (systemd.syntax(7), systemd.exec(5)). Pure. */

/** What systemd drops or refuses in a value; tab and line break can be escaped. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/

/**
 * A word in double quotes, for `ExecStart=`, `Environment=` and lists of paths. `%` would be a specifier. `$` is left
 * as it is: `Environment=` does not expand it, and neither does a command line that begins with `:`.
 */
export function quoteWord(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('%', '%%')
  return `"${escaped}"`
}

/** A path that stands alone after `=`, where systemd knows no quotes. */
export function writePath(path: string): string {
  return path.replaceAll('%', '%%')
}

/** Why a value cannot be written into a unit; undefined when it can. */
export function findUnwritable(text: string): string | undefined {
  if (CONTROL.test(text)) return 'holds a control character'
  return text.isWellFormed() ? undefined : 'is not well-formed Unicode'
}

/** The same for a path that stands alone: what ends or continues its line would be lost. */
export function findUnwritablePath(path: string): string | undefined {
  if (/[\n\t]/.test(path)) return 'holds a line break or a tab'
  if (/\\$|\s$/.test(path)) return 'ends in a blank or a backslash'
  return findUnwritable(path)
}

/** Whether systemd takes a variable of this name; it ignores the others without failing. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}

/** Milliseconds as systemd reads them. */
export function writeDuration(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`
}
