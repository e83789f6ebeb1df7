/**
 * Other TOML files of a project (claims, reviewers, cases), read as stack files are: every error with its file, line,
 * column, the line underlined, and the nearest known key.
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import { err, ok, type Result } from '../kernel/result.ts'
import type { Diagnostic } from './diagnostic.ts'
import { readIssues } from './issues.ts'
import { placeProblems, SourceText, sortDiagnostics } from './locate.ts'
import { maskDiagnostics } from './mask.ts'
import type { Problem } from './problem.ts'
import { type FileKind, readTomlText } from './read-text.ts'
import { explainSyntax } from './syntax.ts'
import {
  DEEPEST,
  findTooDeep,
  type Table,
  type TomlTable,
  tableOf,
  toPlain,
  tryParseToml,
} from './toml-values.ts'

export interface DocumentForm<T> extends FileKind {
  /** Of the whole file, as parsed; integers are numbers. Strict objects give "unknown key … did you mean …". */
  readonly schema: z.ZodType<T>
  /** Rules that span keys. They see the file even where the schema has complaints: types are not to be relied on. */
  readonly rules?: (file: Table) => Problem[]
}

/** Reads and checks a file; the errors are complete and sorted by position. Never throws. */
export async function loadDocument<T>(file: string, form: DocumentForm<T>): Promise<Result<T, Diagnostic[]>> {
  const path = resolve(file)
  const text = await readTomlText(path, form)
  return text.ok ? parseDocument(text.value, path, form) : text
}

/** The same for a text. `file` is its absolute path, for messages. */
export function parseDocument<T>(text: string, file: string, form: DocumentForm<T>): Result<T, Diagnostic[]> {
  const source = new SourceText(file, text.replace(/^\ufeff+/, ''))
  const parsed = tryParseToml(source.text)
  if (parsed === undefined) return err(diagnoseBroken(source, form))
  const checked = check(parsed, form)
  return checked.ok ? checked : err(maskDiagnostics(placeProblems(checked.error, source), []))
}

/** Syntax errors, and what is wrong with the rest of the file, as far as it can be read without them. */
function diagnoseBroken<T>(source: SourceText, form: DocumentForm<T>): Diagnostic[] {
  const { diagnostics, readable } = explainSyntax(source)
  const rest = readable === undefined ? undefined : tryParseToml(readable)
  const checked = rest === undefined ? undefined : check(rest, form)
  const certain = checked?.ok === false ? checked.error.filter((problem) => !problem.follows) : []
  const placed = readable === undefined ? [] : placeProblems(certain, source, readable)
  return maskDiagnostics(sortDiagnostics([...diagnostics, ...placed]), [])
}

function check<T>(parsed: TomlTable, form: DocumentForm<T>): Result<T, Problem[]> {
  const deep = findTooDeep(parsed)
  if (deep !== undefined) {
    const message = `tables and lists nest more than ${DEEPEST} deep here`
    return err([{ path: [deep], at: 'key', message }])
  }
  const plain = { ...tableOf(toPlain(parsed)) }
  const checked = form.schema.safeParse(plain)
  const issues = checked.success ? [] : readIssues(checked.error.issues, plain, jsonSchemaOf(form.schema))
  const problems = [...issues, ...(form.rules?.(plain) ?? [])]
  return checked.success && problems.length === 0 ? ok(checked.data) : err(problems)
}

function jsonSchemaOf(schema: z.ZodType): NonNullable<Parameters<typeof readIssues>[2]> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
  return rest as NonNullable<Parameters<typeof readIssues>[2]>
}
