/** Which component a file belongs to. Bundles hold one component each, so that a reviewer reads what belongs together. */

export interface ComponentRule {
  /** Prefixes of paths by name of the component; the longest prefix that fits wins. */
  readonly prefixes: ReadonlyMap<string, readonly string[]>
  /** Without a prefix that fits: so many leading folders of the path. */
  readonly depth: number
}

/** Files of the top folder itself. */
const TOP = 'top'

/** @returns the component's name. */
export function componentOf(path: string, { prefixes, depth }: ComponentRule): string {
  let best: { readonly name: string; readonly length: number } | undefined
  for (const [name, list] of prefixes) {
    for (const prefix of list) {
      if (path.startsWith(prefix) && prefix.length > (best?.length ?? -1))
        best = { name, length: prefix.length }
    }
  }
  if (best !== undefined) return best.name
  const folders = path.split('/').slice(0, -1)
  return folders.length === 0 ? TOP : folders.slice(0, depth).join('/')
}
