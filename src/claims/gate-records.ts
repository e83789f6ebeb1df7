/** What was recorded of acceptance gates: one file a gate, the last result in it. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { hasCode, messageOf } from '../kernel/errno.ts'
import { writeFileAtomic } from '../ledger/write-atomic.ts'
import type { Gate, GateRecord } from './types.ts'

const record = z.object({
  schema: z.literal(1),
  gate: z.string(),
  command: z.array(z.string()),
  at: z.string(),
  ms: z.number(),
  outcome: z.enum(['passed', 'failed', 'over-deadline', 'not-started', 'interrupted']),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  note: z.string().optional(),
  output: z.array(z.string()),
  tree: z.object({ id: z.string(), dirty: z.boolean() }).optional(),
})

/** Folder of the records and of the gates' logs. */
export const gatesIn = (logs: string): string => join(logs, 'gates')

export const recordFile = (logs: string, gate: string): string => join(gatesIn(logs), `${gate}.json`)

/** Replaces what was recorded of the gate. Throws the system's error. */
export function writeGateRecord(logs: string, result: GateRecord): void {
  mkdirSync(gatesIn(logs), { recursive: true })
  writeFileAtomic(recordFile(logs, result.gate), `${JSON.stringify(result, null, 2)}\n`)
}

/** The records of these gates, by id; one that cannot be read is told in `notes` and counts as not there. */
export function readGateRecords(
  logs: string,
  gates: readonly Gate[],
): { records: ReadonlyMap<string, GateRecord>; notes: readonly string[] } {
  const records = new Map<string, GateRecord>()
  const notes: string[] = []
  for (const { id } of gates) {
    try {
      const parsed = record.safeParse(JSON.parse(readFileSync(recordFile(logs, id), 'utf8')))
      if (parsed.success) records.set(id, build(parsed.data))
      else notes.push(`what was recorded of gate ${id} is damaged: ${recordFile(logs, id)}`)
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) continue
      notes.push(`what was recorded of gate ${id} cannot be read: ${messageOf(error)}`)
    }
  }
  return { records, notes }
}

function build({ note, tree, ...rest }: z.output<typeof record>): GateRecord {
  return { ...rest, ...(note !== undefined && { note }), ...(tree && { tree }) }
}
