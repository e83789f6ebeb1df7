/** The only variables of the tool's own environment that reach a child. */
const ALLOWED = new Set(['PATH', 'HOME', 'LANG', 'LANGUAGE', 'TMPDIR', 'TZ', 'USER', 'LOGNAME', 'SHELL'])

/** PATH, HOME, LANG, LANGUAGE, LC_*, TMPDIR, TZ, USER, LOGNAME and SHELL, as far as they are set. */
export function baseEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const base: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (ALLOWED.has(name) || name.startsWith('LC_'))) base[name] = value
  }
  return base
}
