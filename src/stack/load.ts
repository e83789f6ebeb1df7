/** Reads a stack file. Whatever is wrong with it, even that it is not there, is a diagnostic, never an exception. */
import { resolve } from 'node:path'
import type { Result } from '../kernel/result.ts'
import type { Diagnostic } from './diagnostic.ts'
import { parseStack } from './parse.ts'
import { readTomlText } from './read-text.ts'
import type { Stack } from './types.ts'

const STACK_FILE = {
  name: 'stack file',
  least: 'at least: a daemon with a `command`, and a `chain` of smokes',
}

/** Loads and checks a stack file; the errors are complete and sorted by position. Never throws. */
export async function loadStack(file: string): Promise<Result<Stack, Diagnostic[]>> {
  const path = resolve(file)
  const text = await readTomlText(path, STACK_FILE)
  return text.ok ? parseStack(text.value, path) : text
}
