/** Is what `package-lock.json` names what lies in `node_modules`? */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../../kernel/errno.ts'
import { count } from '../../kernel/text.ts'
import type { Check } from '../check.ts'
import { type Finding, ok } from '../finding.ts'

/** The part of an npm lock file (lockfileVersion 2 and 3) that is read here. */
interface LockFile {
  readonly packages?: Readonly<
    Record<string, { version?: string; link?: boolean; optional?: boolean; devOptional?: boolean }>
  >
}

const SHOWN = 5
const REMEDY = 'npm install --no-save'

export const dependenciesCheck: Check = {
  id: 'dependencies',
  group: 'stack',
  title: 'node_modules holds what package-lock.json names',
  deadlineMs: 20_000,
  async run({ root, signal }): Promise<Finding[]> {
    const lock = await readJson<LockFile>(join(root, 'package-lock.json'))
    if (lock === undefined) return [ok('dependencies.none', 'no package-lock.json: nothing to compare')]
    const wanted = Object.entries(lock.packages ?? {}).filter(
      ([path, { link, version }]) => path.includes('node_modules/') && !link && version !== undefined,
    )
    const problems: string[] = []
    for (const [path, { version = '', optional, devOptional }] of wanted) {
      signal.throwIfAborted()
      const found = await readJson<{ version?: string }>(join(root, path, 'package.json'))
      if (found === undefined) {
        // Built for another system, most often: npm leaves those out.
        if (!optional && !devOptional) problems.push(`${nameOf(path)} ${version} is missing`)
      } else if (found.version !== version) {
        problems.push(`${nameOf(path)} is ${found.version}, the lock file says ${version}`)
      }
    }
    if (problems.length === 0) {
      return [ok('dependencies.current', `node_modules holds the ${wanted.length} packages of the lock file`)]
    }
    const left = problems.length - SHOWN
    return [
      {
        id: 'dependencies.outdated',
        severity: 'error',
        summary: `node_modules is not what package-lock.json says: ${count(problems.length, 'package')} missing or of another version`,
        evidence: [...problems.slice(0, SHOWN), ...(left > 0 ? [`and ${left} more`] : [])],
        remedy: REMEDY,
      },
    ]
  },
}

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Undefined when the file does not exist. */
async function readJson<T>(path: string): Promise<T | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
  try {
    return JSON.parse(text) as T
  } catch (error) {
    throw new Error(`${path} is no JSON`, { cause: error })
  }
}
