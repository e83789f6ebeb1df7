/** Text → `Stack`, or everything that is wrong with it. Pure: reads no file and no environment. */
import { err, ok, type Result } from '../kernel/result.ts'
import { buildStack } from './build.ts'
import { checkRules } from './check.ts'
import type { Diagnostic } from './diagnostic.ts'
import { readIssues } from './issues.ts'
import { placeProblems, SourceText, sortDiagnostics } from './locate.ts'
import { maskDiagnostics } from './mask.ts'
import type { Problem } from './problem.ts'
import { type StackFile, stackSchema } from './schema.ts'
import { listMasked, listSecretValues } from './secrets.ts'
import { explainSyntax } from './syntax.ts'
import {
  DEEPEST,
  findTooDeep,
  isTable,
  type TomlTable,
  tableOf,
  toPlain,
  tryParseToml,
} from './toml-values.ts'
import type { Stack } from './types.ts'

/**
 * Parses and checks a stack file's text. `file` is its absolute path, for messages and for `root`.
 * The errors are complete and sorted by position.
 */
export function parseStack(text: string, file: string): Result<Stack, Diagnostic[]> {
  const source = new SourceText(file, text.replace(/^\ufeff+/, ''))
  const parsed = tryParseToml(source.text)
  if (parsed === undefined) return err(diagnoseBroken(source))
  const { problems, table } = checkTable(parsed)
  if (problems.length > 0 || table === undefined) {
    return err(maskDiagnostics(placeProblems(problems, source), secretsOf(parsed)))
  }
  const config = parsed['config']
  return ok(buildStack(table, isTable(config) ? (config as TomlTable) : undefined, file, source.text))
}

/** Syntax errors, and what is wrong with the rest of the file, as far as it can be read without them. */
function diagnoseBroken(source: SourceText): Diagnostic[] {
  const { diagnostics, readable } = explainSyntax(source)
  const rest = readable === undefined ? undefined : tryParseToml(readable)
  if (readable === undefined || rest === undefined) return maskDiagnostics(sortDiagnostics(diagnostics), [])
  const certain = checkTable(rest).problems.filter((problem) => !problem.follows)
  const all = sortDiagnostics([...diagnostics, ...placeProblems(certain, source, readable)])
  return maskDiagnostics(all, secretsOf(rest))
}

function secretsOf(parsed: TomlTable): string[] {
  if (findTooDeep(parsed) !== undefined) return []
  return listMasked(listSecretValues(parsed).map((secret) => secret.text)).filter(
    (text) => !/[{}]/.test(text),
  )
}

function checkTable(parsed: TomlTable): { problems: Problem[]; table?: StackFile | undefined } {
  const deep = findTooDeep(parsed)
  if (deep !== undefined) {
    const message = `tables and lists nest more than ${DEEPEST} deep here`
    return { problems: [{ path: [deep], at: 'key', message }] }
  }
  const plain = { ...tableOf(toPlain(parsed)) }
  const checked = stackSchema.safeParse(plain)
  const problems: Problem[] = [
    ...(checked.success ? [] : readIssues(checked.error.issues, plain)),
    ...checkRules(plain),
  ]
  return { problems, table: checked.data }
}
