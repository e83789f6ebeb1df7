/**
 * What a run really tests: the working state is hashed before anything of it is started, and again when all is stopped.
 * Only when both agree, and the whole chain was green, is there a receipt.
 */
import { realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import { messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { bounded, printable } from '../kernel/text.ts'
import type { Verdict } from '../ledger/verdict.ts'
import { askGit, GitFault, openRepository, type Repository } from './git.ts'
import { describeRuntime, identifyStack, type StackIdentity, writeReceipt } from './receipt.ts'
import { hashWorkingTree, listChanges, type WorkingTree } from './tree.ts'

/** The working state that a run was made from. */
export interface NotedTree {
  /** Of the git tree: what a commit of everything that is not ignored would record. */
  readonly id: string
  /** It differs from the commit that is checked out. */
  readonly dirty: boolean
}

export interface TestedState {
  /** Absent where there is no git repository, and for a state that no tree tells. */
  readonly tree?: NotedTree
  /**
   * Hashes again; to be called when nothing runs any more.
   *
   * @returns why there will be no receipt, in one line; undefined when there may be one, and where there is no git
   *   repository, which nobody needs to be told.
   */
  confirm(): Promise<string | undefined>
  /**
   * Writes the receipt when the verdict is green and `confirm` had nothing to say.
   *
   * @returns why it could not be written.
   */
  writeReceipt(verdict: Verdict): string | undefined
}

export interface TestedOptions {
  /** Folder of the project. */
  readonly root: string
  /** The tool's own folder: no part of what is tested. Receipts go to `receipts/` in it. */
  readonly logs: string
  readonly stack: { readonly file: string; readonly text: string }
  readonly toolVersion: string
  readonly env: NodeJS.ProcessEnv
}

/** For runs that can give no receipt: a part of the chain, or daemons that were not started from this state. */
export const UNTESTED: TestedState = {
  confirm: async () => undefined,
  writeReceipt: () => undefined,
}

/** Hashes the working state of the project. To be awaited before anything of the project is started. Never rejects. */
export async function noteTestedState(o: TestedOptions): Promise<TestedState> {
  try {
    const { repository, logs, hashed, isDirty } = await hashProject(o)
    if (!hashed.ok) return withoutReceipt(hashed.error)
    return new HashedState(o, repository, logs, hashed.value, isDirty(hashed.value))
  } catch (error) {
    // What cannot be hashed gives no receipt, and is no reason to lose a verdict.
    return error instanceof GitFault && error.noRepository ? UNTESTED : withoutReceipt(messageOf(error))
  }
}

/**
 * Notes the working state for a run that gives no receipt, while that run begins. Never rejects.
 *
 * @returns undefined where there is no git repository, and for a state that no tree tells; the error is one line.
 */
export async function noteTree(o: Project): Promise<Result<NotedTree | undefined, string>> {
  try {
    const { hashed, isDirty } = await hashProject(o)
    return ok(hashed.ok ? { id: hashed.value.id, dirty: isDirty(hashed.value) } : undefined)
  } catch (error) {
    // Git that says no, or is not there: then the tree is not known, and nothing rests on it.
    if (error instanceof GitFault) return ok(undefined)
    return err(`the tree that was tested is not known: ${messageOf(error)}`)
  }
}

type Project = Pick<TestedOptions, 'root' | 'logs' | 'env'>

/** @throws GitFault; the system's error when there are no logs. */
async function hashProject(o: Project) {
  const repository = await openRepository(o.root, o.env)
  const logs = realpathSync(o.logs)
  const [hashed, committed] = await Promise.all([
    hashWorkingTree(repository, logs),
    // 128: there is no commit yet.
    askGit(repository, ['rev-parse', '--verify', '--quiet', 'HEAD^{tree}']),
  ])
  const head = committed.stdout.toString('utf8').trim()
  return { repository, logs, hashed, isDirty: (tree: WorkingTree): boolean => tree.id !== head }
}

function withoutReceipt(reason: string): TestedState {
  return { ...UNTESTED, confirm: async () => noReceipt(reason) }
}

const noReceipt = (reason: string): string => `no receipt for the gate: ${reason}`

class HashedState implements TestedState {
  readonly #o: TestedOptions
  readonly #repository: Repository
  readonly #logs: string
  readonly #tree: WorkingTree
  readonly tree: NotedTree
  #confirmed = false

  constructor(o: TestedOptions, repository: Repository, logs: string, tree: WorkingTree, dirty: boolean) {
    this.#o = o
    this.#repository = repository
    this.#logs = logs
    this.#tree = tree
    this.tree = { id: tree.id, dirty }
  }

  async confirm(): Promise<string | undefined> {
    const fault = await this.#findChange()
    this.#confirmed = fault === undefined
    return fault === undefined ? undefined : noReceipt(fault)
  }

  async #findChange(): Promise<string | undefined> {
    try {
      const after = await hashWorkingTree(this.#repository, this.#logs)
      if (!after.ok) return after.error
      if (after.value.id === this.#tree.id) return undefined
      const paths = nameSome(listChanges(this.#tree, after.value))
      return `files changed while they were being tested (${paths}); run it again`
    } catch (error) {
      return messageOf(error)
    }
  }

  writeReceipt(verdict: Verdict): string | undefined {
    if (!this.#confirmed || !verdict.green) return undefined
    try {
      writeReceipt(receiptsIn(this.#logs), {
        tree: this.#tree.id,
        stack: this.#identifyStack(),
        chain: verdict.chain,
        passed: verdict.counts.PASS,
        tool: this.#o.toolVersion,
        runtime: describeRuntime(),
        run: verdict.run,
        at: new Date().toISOString(),
      })
      return undefined
    } catch (error) {
      return noReceipt(`it could not be written: ${messageOf(error)}`)
    }
  }

  #identifyStack(): StackIdentity {
    const { file, text } = this.#o.stack
    return identifyStack(pathInTree(this.#repository.top, realpathSync(file)), text)
  }
}

/** The first few; names of files may hold anything. */
function nameSome(paths: readonly string[]): string {
  const some = paths.slice(0, 3).map((path) => bounded(printable(path).replaceAll('\n', ' '), 80))
  return paths.length > some.length
    ? `${some.join(', ')} and ${paths.length - some.length} more`
    : some.join(', ')
}

/** Where receipts are, in the tool's own folder. */
export const receiptsIn = (logs: string): string => join(logs, 'receipts')

/** From the top of the working tree; absolute when it lies elsewhere. Both given without symbolic links. */
export function pathInTree(top: string, file: string): string {
  const path = relative(top, file)
  return path.startsWith('..') ? file : path
}
