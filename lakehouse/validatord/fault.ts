/** What can be wrong with an artifact, and how it is spelled on the wire. */

const FAULT_KINDS = ['Schema', 'Completeness', 'Consistency', 'Policy'] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** One fault: its kind, the field it is about (a dotted path), and the reason in words. */
export interface Fault {
  readonly kind: FaultKind
  readonly field: string
  readonly reason: string
}

/** What a check finds: at most one fault (the first that holds), and remarks that do not make it invalid. */
export interface Finding {
  readonly fault?: Fault
  readonly warnings: readonly string[]
}

/** The two wire forms of a fault; both exist in real runtimes of this contract. */
export type WireForm = 'flat' | 'tagged'

/** `{"Kind":"schema","Field":"x","Reason":"y"}` or `{"Schema":{"field":"x","reason":"y"}}`. */
export function renderFault(fault: Fault, wire: WireForm): Record<string, unknown> {
  return wire === 'flat'
    ? { Kind: fault.kind.toLowerCase(), Field: fault.field, Reason: fault.reason }
    : { [fault.kind]: { field: fault.field, reason: fault.reason } }
}
