/** `smokechain gate pre-push`: what `.githooks/pre-push` calls. Imports little: with a receipt it answers at once. */
import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { admitPush } from '../../gate/admit.ts'
import type { Gate } from '../../gate/answer.ts'
import type { Tool } from '../../gate/demand.ts'
import { GitFault, openInherited, readConfig } from '../../gate/git.ts'
import { pathInTree } from '../../gate/tested.ts'
import { ExitCode } from '../exit-codes.ts'
import { unknownName } from '../names.ts'
import { watchSignals } from '../signals.ts'
import { findStackFile } from '../stack-file.ts'
import { toolVersion } from '../version.ts'

const HOOKS = ['pre-push']
const DEFAULT_STACK = 'stacks/dev.toml'

/** Runs the command; standard input is git's. @returns the exit code: git sends nothing unless it is 0. */
export async function gate(hook: string, options: { readonly stack?: string }): Promise<number> {
  if (!HOOKS.includes(hook)) return complain(unknownName('hook', hook, HOOKS), ExitCode.usage)
  if (process.stdin.isTTY) {
    return complain('this is called by git, which says on standard input what is pushed', ExitCode.usage)
  }
  const interrupts = watchSignals()
  let interruptedBy: string | undefined
  interrupts.onFirst((signal) => {
    interruptedBy = signal
  })
  try {
    const [opened, lines] = await Promise.all([openGate(options.stack), text(process.stdin)])
    const answer = await admitPush({ ...opened, signals: interrupts, say }, lines)
    if (answer.admitted) return ExitCode.ok
    const code = complain(`push refused: ${answer.reason}`, answer.exitCode)
    return interruptedBy === undefined ? code : interruptedBy === 'SIGINT' ? 130 : 143
  } catch (error) {
    if (!(error instanceof GitFault)) throw error
    return complain(`push refused: ${error.message}; mend that and push again`, ExitCode.toolFault)
  } finally {
    interrupts.dispose()
  }
}

async function openGate(asked: string | undefined): Promise<Omit<Gate, 'signals' | 'say'>> {
  const cwd = process.cwd()
  const [repository, configured] = await Promise.all([
    openInherited(cwd, process.env),
    asked ?? readConfig('smokechain.stack', cwd, process.env),
  ])
  const { top } = repository
  const stack =
    asked === undefined ? findStackFile(configured ?? DEFAULT_STACK, top) : findStackFile(asked, cwd)
  return { repository, stack: nameStack(top, stack), tool: describeTool(top) }
}

/** From the top, where it may be missing in the working tree and be there in what is pushed. */
function nameStack(top: string, stack: string): string {
  const path = pathInTree(top, existsSync(stack) ? realpathSync(stack) : stack)
  if (path === '') throw new GitFault('the stack that a push must pass (smokechain.stack) has no name')
  if (/[\n\r]/.test(path)) throw new GitFault('the stack file must not have a line break in its name')
  return path
}

function describeTool(top: string): Tool {
  const launcher = realpathSync(process.argv[1] ?? '')
  const path = relative(top, launcher)
  const version = toolVersion()
  return path.startsWith('..') || isAbsolute(path)
    ? { launcher, version }
    : { launcher, version, inTree: path }
}

const say = (line: string): void => void process.stderr.write(`smokechain: ${line}\n`)

function complain(line: string, exitCode: number): number {
  say(line)
  return exitCode
}
