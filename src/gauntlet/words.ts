/** What a person reads of a gauntlet, whatever the format. */
import { tellTree } from '../claims/words.ts'
import type { GauntletReport, PhaseState } from './types.ts'

export const STATE_WORDS: Readonly<Record<PhaseState, string>> = {
  passed: 'PASSED',
  gaps: 'KNOWN GAPS',
  failed: 'FAILED',
  skipped: 'SKIPPED',
  unknown: 'UNKNOWN',
  interrupted: 'INTERRUPTED',
  'not-begun': 'NOT BEGUN',
}

/** What was assessed, in one line: tree, commit, tool. */
export function tellState({ tree, commit, tool }: GauntletReport): string {
  return [
    ...(tree ? [tellTree(tree)] : []),
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 10)}`]),
    `smokechain ${tool.version}`,
  ].join(', ')
}

/** What becomes of the verdict's reasons: those that hold, or those that are shipped with. */
export function listReasons({
  verdict,
  holds,
  gaps,
}: GauntletReport): readonly { rule: string; text: string }[] {
  return verdict === 'hold' ? holds : verdict === 'ship' ? [] : gaps
}
