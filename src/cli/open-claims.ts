/** From a command line to a project's claims: the stack, its claims file, the logs, the working state. */
import { mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { claimsPlaces, findClaimsFile, loadClaims } from '../claims/load.ts'
import type { ClaimsFile, NotedTree } from '../claims/types.ts'
import { noteTree } from '../gate/tested.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { loadStack } from '../stack/load.ts'
import type { Stack } from '../stack/types.ts'
import { asError, complain } from './complain.ts'
import { ExitCode } from './exit-codes.ts'
import { findStackFile } from './stack-file.ts'

export interface OpenedClaims {
  readonly stack: Stack
  readonly claims: ClaimsFile
  /** Absolute; it is there. */
  readonly logs: string
}

/** Says everything that is wrong with the files, and fails with the exit code. */
export async function openClaims(o: {
  readonly stack: string
  readonly claims?: string
  readonly logs?: string
}): Promise<Result<OpenedClaims, number>> {
  const loaded = await loadStack(findStackFile(o.stack, process.cwd()))
  if (!loaded.ok) return err(complain([renderDiagnostics(loaded.error)], ExitCode.usage))
  const stack = loaded.value
  const file = o.claims === undefined ? findClaimsFile(stack) : resolve(o.claims)
  if (file === undefined) {
    const places = claimsPlaces(stack).map((place) => relative(process.cwd(), place))
    return err(
      complain([asError(`there is no claims file: ${places.join(', ')}, or --claims FILE`)], ExitCode.usage),
    )
  }
  const claims = await loadClaims(file, stack.root)
  if (!claims.ok) return err(complain([renderDiagnostics(claims.error)], ExitCode.usage))
  const logs = o.logs === undefined ? join(stack.root, 'logs') : resolve(o.logs)
  mkdirSync(logs, { recursive: true })
  return ok({ stack, claims: claims.value, logs })
}

/** The working state of the project; undefined where no git tree tells it. Never rejects. */
export async function noteWorkingTree(stack: Stack, logs: string): Promise<NotedTree | undefined> {
  const noted = await noteTree({ root: stack.root, logs, env: process.env })
  return noted.ok ? noted.value : undefined
}
