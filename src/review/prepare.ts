/** From what is to be reviewed to bundles that are ready to be sent, with everything that must be said about them. */
import { createHash } from 'node:crypto'
import { err, ok, type Result } from '../kernel/result.ts'
import { count } from '../kernel/text.ts'
import { formatBytes } from '../kernel/units.ts'
import { type Bundle, type LeftOutPart, planBundles, wholeBundle } from './bundle.ts'
import { type ByteText, decode, isLossy, toBytes, toByteText } from './bytes.ts'
import type { ReviewConfig } from './config.ts'
import { MOST_DIFF_BYTES, readRange } from './git.ts'
import { type Diff, joinFile, parseDiff } from './parse-diff.ts'
import { countKeys } from './redact.ts'
import { restoreDiff } from './restore-diff.ts'
import { BUNDLE_BYTES, formatKb, judgeSize, REFUSE_BYTES, WARN_BYTES } from './size-guard.ts'
import type { LeftOut, ReviewProblem, ReviewReport, ReviewSource } from './types.ts'

/** What is to be reviewed. */
export type ReviewInput =
  /** `file` is only its name, for the report. */
  | { readonly kind: 'diff'; readonly file: string; readonly bytes: Uint8Array }
  | { readonly kind: 'range'; readonly range: string; readonly cwd: string }

export interface Prepared {
  readonly source: ReviewSource
  readonly diff: Diff
  readonly summary: ReviewReport['diff']
  readonly hunks: ReviewReport['hunks']
  readonly bundles: readonly Bundle[]
  readonly leftOut: readonly LeftOut[]
  readonly overridden: boolean
  readonly warnings: readonly string[]
}

export interface PrepareOptions {
  readonly input: ReviewInput
  readonly config: Pick<ReviewConfig, 'components' | 'generated'>
  /** Name of the bundle when the diff goes out as one. */
  readonly label: string
  readonly allowLarge: boolean
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/**
 * Asks nobody. A diff goes out as one bundle or not at all; a range is split, and may leave files out. The error says
 * why there is nothing to send; a throw is a bug: bundles that do not add up to the diff.
 */
export async function prepareReview(o: PrepareOptions): Promise<Result<Prepared, ReviewProblem>> {
  const read = await readInput(o)
  if (!read.ok) return read
  const { text, source } = read.value
  const name = source.kind === 'diff' ? source.file : source.range
  if (text.trim() === '') return err({ kind: 'nothing-to-review', message: `${name} holds no change` })
  const diff = parseDiff(text)
  if (diff.files.length === 0) {
    const hint = text.includes('\u001b[') ? '; it is coloured: use git diff --no-color' : ''
    return err({ kind: 'usage', message: `${name} is no diff: no file begins in it${hint}` })
  }

  const cut = source.kind === 'diff' ? takeWhole(diff, text, o) : splitRange(diff, text, o)
  if (!cut.ok) return cut
  if (cut.value.bundles.length === 0) {
    return err({ kind: 'nothing-to-review', message: `all of ${name} would be left out` })
  }
  return ok({
    source,
    diff,
    summary: {
      bytes: text.length,
      sha256: hash(text),
      files: diff.files.length,
      hunks: diff.files.reduce((sum, { hunks }) => sum + hunks.length, 0),
    },
    hunks: countHunks(cut.value.bundles, cut.value.leftOut),
    ...cut.value,
    warnings: [...cut.value.warnings, ...remarkOnText(diff, text)],
  })
}

function countHunks(bundles: readonly Bundle[], leftOut: readonly LeftOut[]): ReviewReport['hunks'] {
  const parts = bundles.flatMap(({ stretches }) => stretches).filter(({ hunk }) => typeof hunk === 'number')
  const name = ({ file, hunk }: (typeof parts)[number]): string => `${file}:${hunk}`
  return {
    sent: new Set(parts.map(name)).size,
    leftOut: leftOut.reduce((sum, { hunks }) => sum + hunks, 0),
    split: new Set(parts.filter(({ originalHead }) => originalHead !== undefined).map(name)).size,
  }
}

export const hash = (text: ByteText): string => createHash('sha256').update(toBytes(text)).digest('hex')

async function readInput({
  input,
  env,
  signal,
}: PrepareOptions): Promise<Result<{ text: ByteText; source: ReviewSource }, ReviewProblem>> {
  if (input.kind === 'diff') {
    if (input.bytes.length > MOST_DIFF_BYTES) {
      return err({
        kind: 'too-large',
        message: `${input.file} is larger than ${formatBytes(MOST_DIFF_BYTES)}`,
      })
    }
    return ok({ text: toByteText(input.bytes), source: { kind: 'diff', file: input.file } })
  }
  const { range, cwd } = input
  const read = await readRange(range, { cwd, env, signal })
  if (signal.aborted) return err({ kind: 'interrupted', message: 'interrupted before anybody was asked' })
  if (!read.ok) return err({ kind: 'usage', message: read.error })
  const { text, ...ends } = read.value
  return ok({ text, source: { kind: 'range', range, ...ends } })
}

/** Limits, which are whole. */
const inKb = (bytes: number): string => `${bytes / 1_000} KB`

type Cut = Result<Pick<Prepared, 'bundles' | 'leftOut' | 'overridden' | 'warnings'>, ReviewProblem>

function takeWhole(diff: Diff, text: ByteText, { label, allowLarge }: PrepareOptions): Cut {
  const bundle = wholeBundle(diff, label, text)
  const size = formatKb(bundle.bytes)
  const judged = judgeSize(bundle)
  if (judged === 'refused' && !allowLarge) {
    const message = `the diff is ${size} large; over ${inKb(REFUSE_BYTES)} reviewers give up. Split it, review it with --range, or send it all the same with --allow-large`
    return err({ kind: 'too-large', message })
  }
  const warnings =
    judged === 'fine'
      ? []
      : judged === 'large'
        ? [`the diff is ${size} large; over ${inKb(WARN_BYTES)} reviewers say little`]
        : [`the diff is ${size} large, over ${inKb(REFUSE_BYTES)}, and was sent because of --allow-large`]
  return ok({ bundles: [bundle], leftOut: [], overridden: judged === 'refused', warnings })
}

function splitRange(diff: Diff, text: ByteText, { config }: PrepareOptions): Cut {
  const plan = planBundles(diff, { mostBytes: BUNDLE_BYTES, ...config })
  // Not a hope but a proof, each time: a part that is lost is a part that nobody reviews.
  if (restoreDiff(plan) !== text) throw new Error('the bundles do not add up to the diff')
  return ok({
    bundles: plan.bundles,
    leftOut: summariseLeftOut(plan.leftOut, diff),
    overridden: false,
    warnings: [],
  })
}

/** One entry for a file and reason; binary files as well, of which git shows no content. */
function summariseLeftOut(parts: readonly LeftOutPart[], diff: Diff): LeftOut[] {
  const entries = new Map<string, LeftOut>()
  const add = (entry: LeftOut): void => {
    const key = `${entry.reason} ${entry.path}`
    const { hunks = 0, bytes = 0 } = entries.get(key) ?? {}
    entries.set(key, { ...entry, hunks: hunks + entry.hunks, bytes: bytes + entry.bytes })
  }
  for (const { path, binary } of diff.files) if (binary) add({ path, reason: 'binary', hunks: 0, bytes: 0 })
  for (const { path, reason, hunk, text } of parts) {
    add({ path, reason, hunks: typeof hunk === 'number' ? 1 : 0, bytes: text.length })
  }
  return [...entries.values()]
}

function remarkOnText(diff: Diff, text: ByteText): string[] {
  const lossy = diff.files.filter((file) => isLossy(joinFile(file)))
  const keys = countKeys(decode(text))
  return [
    ...(lossy.length === 0
      ? []
      : [
          `${count(lossy.length, 'file')} with bytes that are not UTF-8: reviewers see U+FFFD in their place`,
        ]),
    ...(keys === 0
      ? []
      : [
          keys === 1
            ? 'the diff holds 1 stretch that looks like a key; it is sent as it stands'
            : `the diff holds ${keys} stretches that look like keys; it is sent as it stands`,
        ]),
  ]
}
