/** The event with which a round begins: the rows of its ledger are made from it. */
import type { Ground } from '../chain/prepare.ts'
import type { EventBody } from '../kernel/event.ts'
import type { Stack } from '../stack/types.ts'

/** Its time is now. @param selected ids of the smokes of this round alone; the chain is told whole. */
export function describeRound(
  {
    ground,
    dir,
    toolVersion,
  }: { readonly ground: Ground; readonly dir: string; readonly toolVersion: string },
  stack: Stack,
  selected: readonly string[],
): EventBody {
  return {
    type: 'run.started',
    schema: 1,
    run: ground.id,
    at: new Date().toISOString(),
    dir,
    stack: { name: stack.name, file: stack.file },
    chain: stack.chain,
    selected,
    tool: { version: toolVersion, node: process.version, platform: `${process.platform}-${process.arch}` },
    // One saves, and it runs again.
    rerun: '',
  }
}
