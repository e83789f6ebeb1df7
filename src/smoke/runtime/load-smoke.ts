/** Imports a smoke's file and says what is wrong with it, where, if anything. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { isSmokeDefinition, type SmokeDefinition, SmokeDefinitionError } from '../define.ts'
import type { SmokeProblem } from '../types.ts'
import { keepCompiledCode } from './compiled-code.ts'
import { describeThrown } from './errors.ts'
import { findLocation } from './location.ts'

export type Loaded =
  | { readonly ok: true; readonly definition: SmokeDefinition }
  | { readonly ok: false; readonly problems: readonly SmokeProblem[] }

/** @param file absolute, symbolic links resolved. Never rejects. */
export async function loadSmoke(file: string): Promise<Loaded> {
  try {
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href)
    keepCompiledCode()
    const definition = module['default']
    if (isSmokeDefinition(definition)) return { ok: true, definition }
    const message =
      'default' in module
        ? 'the default export is no smoke; write: export default smoke({ … })'
        : 'the file has no default export; write: export default smoke({ … })'
    return { ok: false, problems: [{ file, message }] }
  } catch (error) {
    return { ok: false, problems: describeLoadError(error, file) }
  }
}

function describeLoadError(error: unknown, file: string): SmokeProblem[] {
  if (error instanceof SmokeDefinitionError) {
    const at = findLocation(error.stack, file)
    return error.problems.map(({ message, key }) => {
      const place = (key === undefined ? undefined : findKey(file, key, at?.line ?? 1)) ?? at
      return { file, ...(place ? { line: place.line, column: place.column } : {}), message }
    })
  }
  if (error instanceof SyntaxError) {
    const place = findSyntaxError(error.stack ?? '') ?? findSyntaxError(checkSyntax(file)) ?? { file }
    return [{ ...place, message: `syntax error: ${describeMessage(error)}` }]
  }
  if (error instanceof Error && Reflect.get(error, 'code') === 'ERR_MODULE_NOT_FOUND') {
    return [{ file, message: `an import leads nowhere: ${describeMessage(error)}` }]
  }
  const at = error instanceof Error ? findLocation(error.stack, file) : undefined
  const place = at ? { line: at.line, column: at.column } : {}
  return [{ file, ...place, message: `it threw while it was loaded: ${describeThrown(error)}` }]
}

/** V8 keeps the place of a syntax error to itself; `node --check` prints it. */
function checkSyntax(file: string): string {
  return spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: 5_000 }).stderr
}

const describeMessage = (error: unknown): string =>
  stripVTControlCharacters(error instanceof Error ? error.message : String(error))

/** Node puts `file:line`, the source line and a caret before the stack of a syntax error. */
function findSyntaxError(text: string): { file: string; line: number; column: number } | undefined {
  const lines = text.split('\n')
  const place = /^(?:file:\/\/)?(\/.*):(\d+)$/.exec(lines[0] ?? '')
  const caret = lines.slice(1, 6).find((line) => /^\s*\^+\s*$/.test(line))
  if (place?.[1] === undefined) return undefined
  return { file: place[1], line: Number(place[2]), column: caret === undefined ? 1 : caret.indexOf('^') + 1 }
}

/** Where a field of the definition is written, from the call of `smoke(` on. */
function findKey(file: string, key: string, fromLine: number): { line: number; column: number } | undefined {
  const lines = readFileSync(file, 'utf8').split('\n')
  const pattern = new RegExp(`(?<![\\w.])${key.replace(/[^\w]/g, '\\$&')}(?=['"]?\\s*[:(,])`)
  for (let i = fromLine - 1; i < lines.length; i += 1) {
    const found = pattern.exec(lines[i] ?? '')
    if (found) return { line: i + 1, column: found.index + 1 }
  }
  return undefined
}
