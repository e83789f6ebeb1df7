/** What the history keeps of a run: names, classes and figures; no text of a smoke or daemon, so nothing secret either. */
import type { VerdictClass } from '../kernel/event.ts'
import { renderGateLine } from '../ledger/text.ts'
import type { Row, Verdict } from '../ledger/verdict.ts'

/** Whether a smoke was slower than its own history; `failed`: and nothing else was wrong, so it failed for that. */
export type SlowMark = 'no' | 'shown' | 'failed'

export interface SmokeRecord {
  readonly smoke: string
  readonly class: VerdictClass
  /** Milliseconds. */
  readonly ms: number
  readonly steps: number
  readonly expectations: number
  readonly slow: SlowMark
  /** Share of the machine's cores that others had meanwhile, 0 to 1. Absent: not known. */
  readonly others?: number
}

export interface RunRecord {
  /** Ids sort by time. */
  readonly run: string
  /** Wall-clock start, ISO 8601. */
  readonly at: string
  /** Name of the stack. */
  readonly stack: string
  /** Its file, absolute. */
  readonly stackFile: string
  /** Id of the git tree; absent: not known. */
  readonly tree?: string
  readonly dirty?: boolean
  /** Version of this tool. */
  readonly tool: string
  readonly node: string
  /** Platform and processor: durations compare on the same one only. Empty: not known. */
  readonly machine: string
  readonly cores?: number
  /** One-minute load average at the start. */
  readonly load?: number
  /** The cores were kept busy on purpose. */
  readonly stressed: boolean
  /** On a stack that was up. */
  readonly attached: boolean
  /** The whole declared chain was selected. */
  readonly whole: boolean
  /** It came to its own end. */
  readonly finished: boolean
  readonly green: boolean
  readonly exitCode: number
  /** The last line of its ledger. */
  readonly gateLine: string
  /** Milliseconds; absent: no boot was begun. */
  readonly bootMs?: number
  /** From start to end, milliseconds; while there is no end, to the last event. */
  readonly ms: number
  readonly expectations: number
  /** In chain order. */
  readonly smokes: readonly SmokeRecord[]
}

/** As it stands in `RunRecord.machine`. */
export const nameMachine = (platform: string, cpu: string): string => `${platform} ${cpu}`.trim()

/** @returns undefined for a run that never began. */
export function recordOf(verdict: Verdict): RunRecord | undefined {
  if (verdict.run === '') return undefined
  const { machine, boot, tree, dirty } = verdict
  return {
    run: verdict.run,
    at: verdict.at,
    stack: verdict.stack.name,
    stackFile: verdict.stack.file,
    ...(tree !== undefined && { tree, dirty: dirty ?? false }),
    tool: verdict.tool.version,
    node: verdict.tool.node,
    machine: machine ? nameMachine(verdict.tool.platform, machine.cpu) : '',
    ...(machine && { cores: machine.cores, load: machine.load }),
    stressed: machine?.stressed ?? false,
    attached: verdict.attachedTo !== undefined,
    whole: verdict.rows.length === verdict.chain.length,
    finished: verdict.finished,
    green: verdict.green,
    exitCode: verdict.exitCode,
    gateLine: renderGateLine(verdict),
    ...(boot && { bootMs: boot.ms }),
    ms: verdict.ms,
    expectations: verdict.rows.reduce((sum, row) => sum + row.expectations, 0),
    smokes: verdict.rows.map(toSmokeRecord),
  }
}

function toSmokeRecord(row: Row): SmokeRecord {
  const { smoke, ms, steps, expectations } = row
  const others = row.resources?.others
  const facts = { smoke, class: row.class, ms, steps, expectations, slow: markOf(row) }
  return others === undefined ? facts : { ...facts, others }
}

function markOf(row: Row): SlowMark {
  if (row.slow === undefined) return 'no'
  const onlySlow = row.class === 'FAIL' && row.failures.every((failure) => failure.tag === 'slow')
  return onlySlow ? 'failed' : 'shown'
}
