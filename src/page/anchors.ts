/** Ids of places in the page. Made from names that may hold anything, so that no two are the same. */

export const smokeAnchor = (smoke: string): string => `smoke-${encode(smoke)}`
export const stepAnchor = (smoke: string, index: number): string => `step-${encode(smoke)}-${index}`

/** Letters, digits and `_` stay; everything else becomes its number, so that distinct names stay distinct. */
function encode(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/gu, (c) => `.${(c.codePointAt(0) ?? 0).toString(16)}.`)
}
