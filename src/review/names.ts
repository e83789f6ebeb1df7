/** Names of files: labels that people give, and those that are made of components, which may be any text. */

/** What a label may be: it becomes part of file names. */
export const LABEL = /^[A-Za-z0-9][A-Za-z0-9.-]{0,79}$/
export const LABEL_HINT = 'letters, digits, . and -, at most 80 of them, a letter or digit first'

/** The text as a label, as near as it can be. */
export function toLabel(text: string): string {
  const label = text
    .replaceAll(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 80)
    .replace(/[.-]+$/, '')
  return label === '' ? 'review' : label
}

/** A label for each text; of two that come out alike, the later one gets a number. */
export function toDistinctLabels(texts: readonly string[]): string[] {
  const taken = new Set<string>()
  return texts.map((text) => {
    const label = toLabel(text).slice(0, 60)
    let free = label
    // File systems may not tell upper from lower case.
    for (let n = 2; taken.has(free.toLowerCase()); n += 1) free = `${label}.${n}`
    taken.add(free.toLowerCase())
    return free
  })
}
