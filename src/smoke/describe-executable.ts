/** Reads what an executable smoke says about itself in its header. */
import { closeSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { err, ok, type Result } from '../kernel/result.ts'
import { DEFAULT_BUDGET_MS } from './define.ts'
import { parseHeader } from './header.ts'
import type { SmokeFile, SmokeInfo, SmokeProblem } from './types.ts'

const HEAD_BYTES = 16 * 1024

/** @param daemons the names of the stack's daemons: all of them are needed where the header does not say. */
export function describeExecutable(
  smoke: SmokeFile,
  daemons: readonly string[],
): Result<SmokeInfo, SmokeProblem[]> {
  const { file, id } = smoke
  let head: Buffer
  try {
    head = readHead(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return err([{ file, message: `it cannot be read: ${why}` }])
  }
  // A compiled program has no header to read, and needs no interpreter.
  const isText = !head.includes(0)
  const text = isText ? head.toString('utf8') : ''
  if (isText && !text.startsWith('#!')) {
    const message = `no interpreter named; make "#!/bin/sh" (or whichever it is) the first line of ${basename(file)}`
    return err([{ file, line: 1, column: 1, message }])
  }
  const { header, problems } = parseHeader(text)
  if (problems.length > 0) return err(problems.map((problem) => ({ file, ...problem })))
  return ok({
    ...smoke,
    title: header.title ?? `${basename(file)} exits 0`,
    ...(header.why === undefined ? {} : { why: header.why }),
    needs: header.needs ?? daemons,
    claims: header.claims ?? [],
    budgetMs: header.budgetMs ?? DEFAULT_BUDGET_MS,
    id,
  })
}

function readHead(file: string): Buffer {
  const fd = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(HEAD_BYTES)
    return buffer.subarray(0, readSync(fd, buffer, 0, HEAD_BYTES, 0))
  } finally {
    closeSync(fd)
  }
}
