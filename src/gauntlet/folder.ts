/**
 * Where reports are: `<folder>/2026-11-21.md` and `.json`, what they rest on in `2026-11-21.d/`. The second of a day is
 * `2026-11-21-2`: none overwrites another, also when two begin at once.
 */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { hasCode, messageOf } from '../kernel/errno.ts'
import { writeFileAtomic } from '../ledger/write-atomic.ts'
import type { Comparable } from './compare.ts'
import type { GauntletReport } from './types.ts'

const NAME = /^(\d{4}-\d\d-\d\d)(?:-(\d+))?\.json$/

export interface ReportPlace {
  /** `2026-11-21-2` */
  readonly stem: string
  readonly markdown: string
  readonly json: string
  /** Name of a file beside them, as sources name it. */
  evidence(name: string): string
  /** Writes the report, whole or not at all; may be called again. Throws the system's error. */
  write(json: string, markdown: string): void
  /** Keeps a file that figures come from. Throws the system's error. */
  keep(name: string, text: string): void
}

/** Takes the next free name of the day (UTC). Throws the system's error. */
export function claimReportPlace(folder: string, at: Date): ReportPlace {
  makeIgnoredFolder(folder)
  const day = at.toISOString().slice(0, 10)
  for (let number = 1; ; number += 1) {
    const stem = number === 1 ? day : `${day}-${number}`
    if (take(join(folder, `${stem}.json`))) return placeOf(folder, stem)
  }
}

/** Reports are about a tree, and so no part of one: writing them must not change what they are about. */
export function makeIgnoredFolder(folder: string): void {
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

/** Making the file is what claims the name: of two that try, one fails. */
function take(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'))
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

function placeOf(folder: string, stem: string): ReportPlace {
  const place = {
    stem,
    markdown: join(folder, `${stem}.md`),
    json: join(folder, `${stem}.json`),
    evidence: (name: string) => `${stem}.d/${name}`,
  }
  return {
    ...place,
    write(json, markdown) {
      writeFileAtomic(place.markdown, markdown)
      writeFileAtomic(place.json, json)
    },
    keep(name, text) {
      mkdirSync(join(folder, `${stem}.d`), { recursive: true })
      writeFileAtomic(join(folder, place.evidence(name)), text)
    },
  }
}

const row = (more: z.ZodRawShape) => z.array(z.looseObject({ id: z.string(), ...more }))
const earlier = z.looseObject({
  schema: z.literal(1),
  at: z.string(),
  finished: z.boolean(),
  verdict: z.enum(['ship', 'ship-with-known-gap', 'hold']),
  stack: z.looseObject({ name: z.string() }),
  phases: z.array(z.looseObject({ phase: z.string(), state: z.string(), figures: z.array(z.unknown()) })),
  facts: z.looseObject({
    gaps: row({ state: z.string() }),
    claims: row({ state: z.string() }),
    gates: row({ outcome: z.string() }),
    risks: row({ state: z.string(), severity: z.string() }),
    decisions: row({ state: z.string() }),
  }),
})

export interface EarlierReport {
  /** Its name in the folder. */
  readonly file: string
  readonly report: Comparable & Pick<GauntletReport, 'commit' | 'finished' | 'interrupted'>
}

export interface EarlierReports {
  /** The last one that came to its end. */
  readonly last?: EarlierReport
  /** The last one whose review passed. */
  readonly reviewed?: EarlierReport
}

/** So many are looked at, from the newest. */
const MOST_LOOKED_AT = 50

/**
 * The earlier reports of this stack that matter now.
 *
 * @param except the stem that is being written now.
 * @param notes takes a line for each file that is no report.
 */
export function findEarlierReports(
  folder: string,
  stack: string,
  except: string,
  notes: string[],
): EarlierReports {
  const names = listReports(folder).filter((name) => name !== `${except}.json`)
  let last: EarlierReport | undefined
  let reviewed: EarlierReport | undefined
  for (const name of names.slice(0, MOST_LOOKED_AT)) {
    if (last && reviewed) break
    const report = readReport(join(folder, name), stack)
    if (typeof report === 'string') notes.push(`${name} is no earlier gauntlet to compare with: ${report}`)
    else if (report) {
      const earlier = { file: name, report }
      if (report.finished && report.interrupted === undefined) last ??= earlier
      if (hasPassedReview(report)) reviewed ??= earlier
    }
  }
  return { ...(last && { last }), ...(reviewed && { reviewed }) }
}

const hasPassedReview = ({ phases }: Comparable): boolean =>
  phases.some(({ phase, state }) => phase === 'review' && state === 'passed')

/** Newest first: by day, then by number. */
function listReports(folder: string): string[] {
  const found = readdirSync(folder).flatMap((name) => {
    const match = NAME.exec(name)
    return match ? [{ name, day: match[1] ?? '', number: Number(match[2] ?? 1) }] : []
  })
  return found
    .sort((a, b) => (a.day === b.day ? b.number - a.number : a.day < b.day ? 1 : -1))
    .map(({ name }) => name)
}

/** Undefined: of another stack. A text: why it cannot be used. */
function readReport(file: string, stack: string): EarlierReport['report'] | string | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    if (text === '') return 'it is empty: another gauntlet may be going on'
    const json: unknown = JSON.parse(text)
    const parsed = earlier.safeParse(json)
    if (!parsed.success) return 'its fields are not those of schema 1'
    // What is compared has been looked at; the rest of it is this tool's own writing.
    return parsed.data.stack.name === stack ? (json as EarlierReport['report']) : undefined
  } catch (error) {
    return messageOf(error)
  }
}
