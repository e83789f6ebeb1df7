/** Where a stack file is: `--stack` takes a path, or the bare name of a file in `stacks/`. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** @returns the absolute path meant by `named`; whether it can be read is the loader's question. */
export function findStackFile(named: string, cwd: string): string {
  const asPath = resolve(cwd, named)
  if (existsSync(asPath)) return asPath
  const inStacks = join(cwd, 'stacks', `${named}.toml`)
  return /^[\w.-]+$/.test(named) && existsSync(inStacks) ? inStacks : asPath
}
