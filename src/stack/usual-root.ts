/** The project that a stack file belongs to, as far as its place tells. */
import { basename, dirname, resolve } from 'node:path'

/** The folder above `stacks/`, or the file's own; the file may name another. @param file absolute. */
export function usualRoot(file: string): string {
  const folder = dirname(file)
  return basename(folder) === 'stacks' ? resolve(folder, '..') : folder
}
