/**
 * `smokechain complete WHAT [WORDS…]`: what the completion scripts ask while somebody types; one name a line. It is loaded
 * without the rest of the tool, since somebody waits, and is silent whatever is wrong: its output stands in a prompt.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseToml, tableOf } from '../../stack/toml-values.ts'
import { findStackFile } from '../stack-file.ts'
import { usualStack } from '../usual-stack.ts'

/** How many runs are offered, newest first. */
const RUNS_OFFERED = 30

/** Shells give other characters a meaning. */
const SAFE = /^[\w.@:+-]+$/

/**
 * @param asked the question, and the words before the cursor, without the name of the tool.
 * @returns names that are not among the words yet; none where there are none to be found.
 */
export function answerCompletion([what = '', ...words]: readonly string[], cwd: string): string[] {
  const chosen = words.filter((_, i) => i > 0 && !isStackName(words, i))
  return listNames(what, words, cwd).filter((name) => SAFE.test(name) && !chosen.includes(name))
}

/** A stack may be called like one of its smokes. */
function isStackName(words: readonly string[], at: number): boolean {
  const before = words[at - 1] === '=' ? words[at - 2] : words[at - 1]
  return before === '--stack'
}

function listNames(what: string, words: readonly string[], cwd: string): string[] {
  try {
    switch (what) {
      case 'smokes': {
        const { chain } = readStack(words, cwd)
        return Array.isArray(chain) ? chain.filter((id) => typeof id === 'string') : []
      }
      case 'daemons':
        return Object.keys(tableOf(readStack(words, cwd)['daemons']))
      case 'stacks':
        return readdirSync(join(cwd, 'stacks')).flatMap((file) => /^(.+)\.toml$/.exec(file)?.[1] ?? [])
      case 'runs':
        return [
          'latest',
          ...readdirSync(join(cwd, 'logs', 'runs'))
            .sort()
            .reverse()
            .slice(0, RUNS_OFFERED),
        ]
      case 'gates':
        return Object.keys(tableOf(readTable(join(cwd, 'docs', 'claims.toml'))['gates']))
      default:
        return []
    }
  } catch {
    // Nobody can be told: whoever runs the command itself is told all of it.
    return []
  }
}

function readStack(words: readonly string[], cwd: string): Readonly<Record<string, unknown>> {
  const at = words.lastIndexOf('--stack')
  const joined = words.findLast((word) => word.startsWith('--stack='))
  // bash takes `--stack=dev` apart into three words.
  const named = joined?.slice('--stack='.length) ?? words.slice(at + 1, at + 3).find((word) => word !== '=')
  const verb = words.find((word) => !word.startsWith('-')) ?? ''
  const stack =
    (at === -1 && joined === undefined ? undefined : named) ?? usualStack(verb, words.includes('--attach'))
  return readTable(findStackFile(stack, cwd))
}

const readTable = (file: string): Readonly<Record<string, unknown>> =>
  tableOf(parseToml(readFileSync(file, 'utf8')))
