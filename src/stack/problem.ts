/** What is wrong, by the path of the key: what checks find, before it is placed in the text. */

export type Path = readonly (string | number)[]

export interface Problem {
  readonly path: Path
  /** Where to point when the file has nothing at `path`, e.g. at a default. */
  readonly otherwise?: Path
  /** Underline the key or the value at the path. */
  readonly at: 'key' | 'value'
  /** Underline only this stretch of the value. */
  readonly within?: string
  readonly message: string
  readonly hint?: string
  readonly related?: readonly {
    readonly path: Path
    readonly at: 'key' | 'value'
    readonly message: string
  }[]
  /** It may only follow from another error: something is missing that the file may hold where it could not be read. */
  readonly follows?: boolean
}
