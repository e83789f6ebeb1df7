/** Reads the file of known gaps. */
import { z } from 'zod'
import { err, ok, type Result } from '../kernel/result.ts'
import { didYouMean } from '../kernel/text.ts'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { type DocumentForm, loadDocument } from '../stack/document.ts'
import { checked, filled } from '../stack/fields.ts'
import type { Problem } from '../stack/problem.ts'
import { isTable, type Table } from '../stack/toml-values.ts'
import type { GapFile } from './gap-types.ts'
import { formatPath, PATH_HINT, type PathStep, parsePath } from './path.ts'
import type { ParitySuite } from './suite-types.ts'
import type { Aspect } from './types.ts'

const ASPECTS: readonly string[] = ['status', 'media-type', 'shape', 'value', 'pattern'] satisfies Aspect[]
const NO_BODY = ['status', 'media-type']

const gapPath = checked((text) => {
  if (NO_BODY.includes(text)) return undefined
  const parsed = parsePath(text)
  if (!parsed.ok) {
    return {
      message: `"${text.slice(0, 80)}" is no path: ${parsed.error}`,
      hint: `status, media-type, or ${PATH_HINT}`,
    }
  }
  if (parsed.value.some(({ kind }) => kind === 'index')) {
    return {
      message: `"${text.slice(0, 80)}" names one element`,
      hint: 'a gap is of all elements: write [*]',
    }
  }
  if (parsed.value.some(({ kind }) => kind === 'any-key')) {
    return {
      message: `"${text.slice(0, 80)}" names any key`,
      hint: 'a gap is of one path: a new key must not hide in it',
    }
  }
  return undefined
})

const gapsSchema = z.strictObject({
  gaps: z
    .array(
      z.strictObject({
        id: checked((text) =>
          /^[A-Za-z0-9][\w.-]{0,63}$/.test(text)
            ? undefined
            : {
                message: `"${text.slice(0, 80)}" is no id`,
                hint: 'letters, digits, `-`, `_` and `.`, at most 64',
              },
        ),
        suite: filled,
        case: filled,
        paths: z.array(gapPath).meta({ examples: [['$.items[*].id']] }),
        reason: filled,
        date: checked((text) =>
          isDay(text)
            ? undefined
            : { message: `"${text.slice(0, 80)}" is no day`, hint: 'e.g. "2026-11-20"' },
        ).meta({ examples: ['2026-11-20'] }),
        aspect: checked((text) =>
          ASPECTS.includes(text)
            ? undefined
            : {
                message: `"${text.slice(0, 80)}" is no aspect${didYouMean(text, ASPECTS)}`,
                hint: ASPECTS.join(', '),
              },
        ).optional(),
        left: z.string().optional(),
        right: z.string().optional(),
      }),
    )
    .default([]),
})

type GapsFile = z.infer<typeof gapsSchema>

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** @returns the gaps of this suite, or everything that is wrong with the file, for people. */
export async function loadGaps(
  file: string,
  suite: ParitySuite,
): Promise<Result<GapFile, readonly string[]>> {
  const form: DocumentForm<GapsFile> = {
    name: 'file of known gaps',
    least: 'a file without gaps holds a comment that says so',
    schema: gapsSchema,
    rules: (table) => checkGaps(table, suite),
  }
  const loaded = await loadDocument(file, form)
  if (!loaded.ok) return err([renderDiagnostics(loaded.error)])
  const own = loaded.value.gaps.filter((gap) => gap.suite === suite.name)
  return ok({
    file,
    gaps: own.map(({ id, case: name, paths, reason, date, aspect, left, right }) => ({
      id,
      case: name,
      paths: paths.map(spell),
      reason,
      date,
      ...(aspect === undefined ? {} : { aspect: aspect as Aspect }),
      ...(left === undefined ? {} : { left }),
      ...(right === undefined ? {} : { right }),
    })),
  })
}

/** As reports spell it, so that `$["id"]` is `$.id`. */
function spell(path: string): string {
  const parsed = parsePath(path)
  return parsed.ok ? formatPath(parsed.value.map(segmentOf)) : path
}

const segmentOf = (step: PathStep): string | null => (step.kind === 'key' ? step.key : null)

function checkGaps(file: Table, suite: ParitySuite): Problem[] {
  const gaps = Array.isArray(file['gaps']) ? file['gaps'] : []
  const names = suite.cases.map(({ name }) => name)
  const ids = new Map<unknown, number>()
  return gaps.flatMap((gap: unknown, index): Problem[] => {
    if (!isTable(gap)) return []
    const at = ['gaps', index]
    const problems: Problem[] = []
    const first = ids.get(gap['id'])
    if (first !== undefined) {
      const related = [{ path: ['gaps', first, 'id'], at: 'value' as const, message: 'first used here' }]
      problems.push({ path: [...at, 'id'], at: 'value', message: 'two gaps have this id', related })
    }
    ids.set(gap['id'], index)
    const name = gap['case']
    if (gap['suite'] === suite.name && typeof name === 'string' && !names.includes(name)) {
      const near = didYouMean(name, names)
      problems.push({
        path: [...at, 'case'],
        at: 'value',
        message: `no case of ${suite.name} has this name${near}`,
      })
    }
    if (Array.isArray(gap['paths']) && gap['paths'].length === 0) {
      problems.push({ path: [...at, 'paths'], at: 'value', message: 'a gap has at least one path' })
    }
    return problems
  })
}
