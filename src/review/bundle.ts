/**
 * From a diff to bundles: by component, in the diff's order, none larger than the limit. A file too large for one is
 * split by hunks, a hunk too large by lines; what is left out is named. Every part of the diff is in exactly one place.
 */
import { type ByteText, sentSize } from './bytes.ts'
import { type ComponentRule, componentOf } from './components.ts'
import { isGenerated } from './generated.ts'
import type { Diff, FileDiff, Hunk } from './parse-diff.ts'
import { type Piece, splitHunk } from './split-hunk.ts'
import type { BundleSummary, LeftOutReason } from './types.ts'

/** Which part of the diff a stretch of a bundle is. */
export interface Part {
  /** Index of the file in the diff. */
  readonly file: number
  /** Index of the hunk; `header` for what stands before the first; `patch` for a binary patch. */
  readonly hunk: number | 'header' | 'patch'
  /** The head that the hunk has in the diff, where this is the first of several pieces; '' in the others. */
  readonly originalHead?: ByteText
  readonly text: ByteText
}

/** A stretch of a bundle's text: a part, or the header said once more for the rest of its file. */
export interface Stretch extends Part {
  readonly repeated: boolean
}

export interface Bundle {
  readonly name: string
  readonly component: string
  readonly stretches: readonly Stretch[]
  /** The stretches, joined. */
  readonly text: ByteText
  /** As it is sent. */
  readonly bytes: number
}

export interface LeftOutPart extends Part {
  readonly path: string
  readonly reason: LeftOutReason
}

export interface Plan {
  readonly bundles: readonly Bundle[]
  readonly leftOut: readonly LeftOutPart[]
}

export interface PlanOptions {
  /** Of the text of a bundle, bytes. */
  readonly mostBytes: number
  readonly components: ComponentRule
  /** Named as generated in reviewers.toml, beside the rule. */
  readonly generated: readonly string[]
}

export const summariseBundle = ({ name, component, bytes, stretches }: Bundle): BundleSummary => ({
  name,
  component,
  bytes,
  files: new Set(stretches.map(({ file }) => file)).size,
  hunks: stretches.filter(({ hunk }) => typeof hunk === 'number').length,
})

/** Splits the diff; loses nothing: `restoreDiff` puts it together again. */
export function planBundles(diff: Diff, o: PlanOptions): Plan {
  const leftOut: LeftOutPart[] = []
  const builders = new Map<string, ComponentBuilder>()
  for (const [index, file] of diff.files.entries()) {
    const component = componentOf(file.path, o.components)
    const builder = builders.get(component) ?? new ComponentBuilder(component, o.mostBytes)
    builders.set(component, builder)
    const parts = readParts(file, index, o, leftOut)
    if (parts !== undefined) builder.addFile(parts)
  }
  // What stands behind the last file of a diff is no file's, but it is part of the diff.
  if (diff.tail !== '') {
    leftOut.push({ file: diff.files.length, hunk: 'header', text: diff.tail, path: '', reason: 'unread' })
  }
  const bundles = [...builders.values()].flatMap((builder) => builder.finish())
  return { bundles, leftOut }
}

/** All of the diff as one bundle, whatever its size. */
export function wholeBundle(diff: Diff, name: string, text: ByteText): Bundle {
  const stretches = diff.files.flatMap((file, index): Stretch[] => [
    { file: index, hunk: 'header', text: file.prose + file.header, repeated: false },
    ...file.hunks.map(
      ({ head, body }, hunk): Stretch => ({ file: index, hunk, text: head + body, repeated: false }),
    ),
    ...patchOf(file, index).map((part) => ({ ...part, repeated: false })),
  ])
  const tail: Stretch[] =
    diff.tail === '' ? [] : [{ file: diff.files.length, hunk: 'header', text: diff.tail, repeated: false }]
  return { name, component: name, stretches: [...stretches, ...tail], text, bytes: sentSize(text) }
}

const patchOf = ({ binaryPatch }: FileDiff, file: number): Part[] =>
  binaryPatch === '' ? [] : [{ file, hunk: 'patch', text: binaryPatch }]

interface FileParts {
  readonly header: Part
  readonly hunks: readonly Part[]
}

/** What of a file goes into bundles; the rest is left out. Headers always go: they tell of renames and modes. */
function readParts(
  file: FileDiff,
  index: number,
  o: PlanOptions,
  leftOut: LeftOutPart[],
): FileParts | undefined {
  const header: Part = { file: index, hunk: 'header', text: file.prose + file.header }
  const leave = (part: Part, reason: LeftOutReason): void => {
    leftOut.push({ ...part, path: file.path, reason })
  }
  for (const part of patchOf(file, index)) leave(part, 'binary')
  const generated = isGenerated(file.path, o.generated)
  const room = o.mostBytes - sentSize(header.text)
  if (room <= 0) leave(header, 'too-large')
  const hunks = file.hunks.flatMap((hunk, number): Part[] => {
    const whole: Part = { file: index, hunk: number, text: hunk.head + hunk.body }
    const pieces = generated ? undefined : splitHunk(hunk, room)
    if (pieces === undefined) {
      leave(whole, generated ? 'generated' : 'too-large')
      return []
    }
    return pieces.length === 1 ? [whole] : pieces.map((piece, n) => toPart(piece, n, whole, hunk))
  })
  return room > 0 ? { header, hunks } : undefined
}

const toPart = ({ head, body }: Piece, n: number, whole: Part, hunk: Hunk): Part => ({
  ...whole,
  text: head + body,
  originalHead: n === 0 ? hunk.head : '',
})

/** Fills the bundles of one component, one after the other. */
class ComponentBuilder {
  readonly #component: string
  readonly #most: number
  readonly #full: Stretch[][] = []
  #current: Stretch[] = []
  #bytes = 0

  constructor(component: string, most: number) {
    this.#component = component
    this.#most = most
  }

  addFile({ header, hunks }: FileParts): void {
    const bytes = [header, ...hunks].reduce((sum, { text }) => sum + sentSize(text), 0)
    // A file that fits into one bundle is not torn apart to fill the one before.
    if (this.#bytes + bytes > this.#most) this.#close()
    this.#add(header, false)
    for (const part of hunks) {
      if (this.#bytes + sentSize(part.text) > this.#most) {
        this.#close()
        this.#add(header, true)
      }
      this.#add(part, false)
    }
  }

  finish(): Bundle[] {
    this.#close()
    return this.#full.map((stretches, n) => {
      const text = stretches.map((each) => each.text).join('')
      const name = this.#full.length === 1 ? this.#component : `${this.#component}-${n + 1}`
      return { name, component: this.#component, stretches, text, bytes: sentSize(text) }
    })
  }

  #add(part: Part, repeated: boolean): void {
    this.#current.push({ ...part, repeated })
    this.#bytes += sentSize(part.text)
  }

  #close(): void {
    if (this.#current.length > 0) this.#full.push(this.#current)
    this.#current = []
    this.#bytes = 0
  }
}
