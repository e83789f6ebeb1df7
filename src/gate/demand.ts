/** From pushed refs to what the gate demands: a receipt for the tree of each commit. */
import { basename, dirname, isAbsolute, join } from 'node:path'
import { err, ok, type Result } from '../kernel/result.ts'
import { readCommits } from './commits.ts'
import type { Repository } from './git.ts'
import { nameRef, type PushedRef } from './pre-push.ts'
import { describeRuntime, identifyStack, type Subject } from './receipt.ts'

/** The tool that would test a commit. */
export interface Tool {
  /** Its launcher, absolute, without symbolic links. */
  readonly launcher: string
  readonly version: string
  /** The launcher's path from the top, when the tool is part of the pushed repository: then each commit has its own. */
  readonly inTree?: string
}

export interface Demand {
  readonly commit: string
  /** The refs that lead to it or to a commit with the same tree, for messages. */
  readonly names: readonly string[]
  readonly subject: Subject
}

/** Where the project of a stack file is, from its path alone: the parent of a folder named `stacks`, else its folder. */
export function projectOf(stack: string): string {
  const folder = dirname(stack)
  return basename(folder) === 'stacks' ? dirname(folder) : folder
}

/** A commit as people read it: enough digits to find it. */
export const shorten = (id: string): string => id.slice(0, 10)

/**
 * @param stack path of the stack file from the top of the tree, or absolute when it lies elsewhere.
 * @param readOutside reads a stack file that lies elsewhere.
 * @returns one demand for each tree; or one line about the first ref that cannot be tested at all.
 * @throws GitFault
 */
export async function listDemands(
  repository: Repository,
  refs: readonly PushedRef[],
  o: {
    readonly stack: string
    readonly tool: Tool
    readonly readOutside: (path: string) => string | undefined
  },
): Promise<Result<readonly Demand[], string>> {
  const { stack, tool } = o
  const outside = isAbsolute(stack) ? o.readOutside(stack) : undefined
  const manifest = tool.inTree === undefined ? [] : [join(dirname(dirname(tool.inTree)), 'package.json')]
  const ids = refs.flatMap(({ id }) => (id === undefined ? [] : [id]))
  const commits = await readCommits(repository, ids, [...(isAbsolute(stack) ? [] : [stack]), ...manifest])

  const demands = new Map<string, Demand>()
  for (const ref of refs) {
    if (ref.id === undefined) continue
    const found = commits[ids.indexOf(ref.id)]
    const name = nameRef(ref)
    if (!found) return err(`${name} is no commit (${shorten(ref.id)}), so nothing of it can be tested`)
    const files = [...found.files]
    const text = isAbsolute(stack) ? outside : files.shift()
    if (text === undefined)
      return err(`commit ${shorten(found.commit)} (${name}) has no ${stack} to be tested by`)
    const same = demands.get(found.tree)
    demands.set(found.tree, {
      commit: same?.commit ?? found.commit,
      names: [...(same?.names ?? []), name],
      subject: {
        tree: found.tree,
        stack: identifyStack(stack, text),
        tool: readVersion(files[0]) ?? tool.version,
        runtime: describeRuntime(),
      },
    })
  }
  return ok([...demands.values()])
}

/** The version in a package.json; undefined when it is none. */
function readVersion(manifest: string | undefined): string | undefined {
  if (manifest === undefined) return undefined
  try {
    const value: unknown = JSON.parse(manifest)
    const version =
      typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
    return typeof version === 'string' ? version : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
