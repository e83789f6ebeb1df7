/** System errors, told apart by their code: a catch names exactly what it expects. */

/** The code of a system error (`ENOENT`), or undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Whether it is a system error, and of one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = codeOf(error)
  return code !== undefined && codes.includes(code)
}

/** The error's message, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** True when it did what it should; false when the file system said one of the named things. */
export function attempt(act: () => void, ...expected: readonly string[]): boolean {
  try {
    act()
    return true
  } catch (error) {
    if (!hasCode(error, ...expected)) throw error
    return false
  }
}
