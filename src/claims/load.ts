/** Finds and reads the claims file of a project. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { err, ok, type Result } from '../kernel/result.ts'
import { parseDuration } from '../kernel/units.ts'
import type { Diagnostic } from '../stack/diagnostic.ts'
import { loadDocument } from '../stack/document.ts'
import { CLAIMS_FORM, type ClaimsTable } from './schema.ts'
import type { ClaimsFile } from './types.ts'

/** Where a claims file is looked for, best first. @param stack its file and its project's folder, absolute. */
export function claimsPlaces(stack: { readonly file: string; readonly root: string }): string[] {
  const beside = join(dirname(stack.file), 'claims.toml')
  return [...new Set([beside, join(stack.root, 'claims.toml'), join(stack.root, 'docs/claims.toml')])]
}

/** The claims file of this stack; undefined when there is none in any of its places. */
export function findClaimsFile(stack: { readonly file: string; readonly root: string }): string | undefined {
  return claimsPlaces(stack).find((place) => existsSync(place))
}

/** Loads and checks a claims file; the errors are complete, with file, line and column. Never throws. */
export async function loadClaims(file: string, root: string): Promise<Result<ClaimsFile, Diagnostic[]>> {
  const path = resolve(file)
  const loaded = await loadDocument(path, CLAIMS_FORM)
  return loaded.ok ? ok(build(loaded.value, path, root)) : err(loaded.error)
}

function build(table: ClaimsTable, file: string, root: string): ClaimsFile {
  const rows = <T extends object>(section: Readonly<Record<string, T>>) =>
    Object.entries(section).map(([id, row]) => ({ id, ...row }))
  return {
    file,
    tests: table.tests.map((path) => resolve(root, path)),
    claims: rows(table.claims),
    risks: rows(table.risks),
    gates: rows(table.gates).map(({ deadline, ...gate }) => ({
      ...gate,
      // The schema has let only durations through.
      deadlineMs: parseDuration(deadline) ?? 0,
    })),
    decisions: rows(table.decisions),
  }
}
