/** Takes over a stack file that has been saved, or says what is wrong with it. */
import { explainNoGround } from '../operate/no-ground.ts'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { loadStack } from '../stack/load.ts'
import type { WatchView } from './view.ts'
import type { Reloaded, WatchedStack } from './watched-stack.ts'

export interface Renewed extends Reloaded {
  /** The smokes are elsewhere: none of them is what it was. */
  readonly moved: boolean
}

/** Undefined: the file cannot be used, which has been said, and the stack runs on as it was. */
export async function reloadStack(stack: WatchedStack, view: WatchView): Promise<Renewed | undefined> {
  const before = stack.resolved.stack
  const loaded = await loadStack(before.file)
  if (!loaded.ok) {
    view.problem(`${renderDiagnostics(loaded.error)}The stack runs on as it was.`)
    return undefined
  }
  const done = await stack.reload(loaded.value)
  if (!done.ok) {
    view.problem(`${explainNoGround(done.error)}\nThe stack runs on as it was.`)
    return undefined
  }
  const { removed } = done.value
  if (removed.length > 0) view.say(`stopped, because no longer in the stack file: ${removed.join(', ')}`)
  const after = stack.resolved.stack
  return { ...done.value, moved: before.root !== after.root || before.smokes !== after.smokes }
}
