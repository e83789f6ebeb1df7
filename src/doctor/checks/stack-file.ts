/** Is the stack file right, are its variables set, and does every smoke of its chain have a file? */
import { existsSync, readdirSync } from 'node:fs'
import { relative } from 'node:path'
import { count, didYouMean } from '../../kernel/text.ts'
import type { Diagnostic } from '../../stack/diagnostic.ts'
import { resolveDoctorS3 } from '../../stack/resolve-doctor.ts'
import type { Stack } from '../../stack/types.ts'
import type { Check } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import { resolveToLook } from '../resolved.ts'

export const stackFileCheck: Check = {
  id: 'stack-file',
  group: 'stack',
  title: 'the stack file, the variables it reads, the smokes it names',
  deadlineMs: 5_000,
  run({ stack, diagnostics, env, file }) {
    if (stack === undefined) return diagnostics.map((one) => describeDiagnostic('stack-file.invalid', one))
    const problems = [...findUnsetVariables(stack, env), ...findMissingSmokes(stack)]
    if (problems.length > 0) return problems
    const { daemons, chain } = stack
    const summary = `${shorten(file)} is valid: ${count(daemons.size, 'daemon')}, ${count(chain.length, 'smoke')}`
    return [ok('stack-file.valid', summary)]
  },
}

function findUnsetVariables(stack: Stack, env: NodeJS.ProcessEnv): Finding[] {
  const daemons = resolveToLook(stack, env)
  const store = resolveDoctorS3(stack, { ports: new Map(), env })
  return [
    ...(daemons.ok ? [] : daemons.error.map((one) => describeDiagnostic('stack-file.variable', one))),
    // Only the doctor reads it: the stack itself comes up without.
    ...(store.ok ? [] : store.error.map((one) => describeDiagnostic('stack-file.variable', one, 'warning'))),
  ]
}

/** As the loader says it, in one line; the source line is evidence. */
function describeDiagnostic(
  id: string,
  diagnostic: Diagnostic,
  severity: 'error' | 'warning' = 'error',
): Finding {
  const { file, line, column, length, source, message, hint, related = [] } = diagnostic
  const hasPlace = length > 0 || source !== undefined
  const place = hasPlace ? `${shorten(file)}:${line}:${column}` : shorten(file)
  const shown = source === undefined ? [] : [`${line} | ${source.trim()}`]
  const others = related.map((one) => `${shorten(one.file)}:${one.line}:${one.column}: ${one.message}`)
  const edit = hasPlace ? `edit ${shorten(file)}, line ${line}` : `look for the file: ls ${shorten(file)}`
  return {
    id,
    severity,
    summary: `${place}: ${message}`,
    evidence: [...shown, ...others],
    remedy: hint === undefined ? `${edit}${suggestionOf(message)}` : `${edit}: ${hint}`,
  }
}

function suggestionOf(message: string): string {
  const near = /did you mean (`[^`]+`|"[^"]+")/.exec(message)?.[1]
  return near === undefined ? '' : `: write ${near}`
}

function findMissingSmokes({ chain, smokes, file }: Stack): Finding[] {
  if (chain.length === 0) return []
  if (!existsSync(smokes)) {
    const summary = `the folder of the smokes does not exist: ${shorten(smokes)}`
    const remedy = `mkdir -p ${shorten(smokes)}   (or correct "smokes" in ${shorten(file)})`
    return [{ id: 'stack-file.smokes', severity: 'error', summary, remedy }]
  }
  const known = readdirSync(smokes, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .flatMap(({ name }) => [name, name.replace(/\.[^.]+$/, '')])
  return chain
    .filter((id) => !known.includes(id))
    .map((id) => ({
      id: 'stack-file.smoke-missing',
      severity: 'error',
      summary: `the chain names "${id}", and ${shorten(smokes)} holds no such smoke${didYouMean(id, known)}`,
      remedy: `write ${shorten(smokes)}/${id}.ts, or take "${id}" out of "chain" in ${shorten(file)}`,
    }))
}

/** Relative to where the person stands, when it is below. */
function shorten(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' || short.startsWith('..') ? path : short
}
