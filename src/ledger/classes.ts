/** The verdict classes, in the order in which the ledger counts them. */
import type { VerdictClass } from '../kernel/event.ts'

export const VERDICT_CLASSES = [
  'PASS',
  'FAIL',
  'BLOCKED',
  'SKIP',
  'NOT RUN',
] as const satisfies readonly VerdictClass[]
