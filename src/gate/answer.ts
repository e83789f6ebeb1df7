/** What the gate works with, and what it answers. */
import { count } from '../kernel/text.ts'
import { type Demand, shorten, type Tool } from './demand.ts'
import type { Repository } from './git.ts'

export interface GateSignals {
  /** First Ctrl-C: end what runs, in order. */
  readonly stop: AbortSignal
  /** Second Ctrl-C: make haste. */
  readonly kill: AbortSignal
}

export interface Gate {
  readonly repository: Repository
  /** The stack that a push must pass: path from the top of the working tree, or absolute. */
  readonly stack: string
  readonly tool: Tool
  readonly signals: GateSignals
  /** Takes lines for people, while it works. */
  say(line: string): void
}

export type Answer =
  | { readonly admitted: true }
  | {
      readonly admitted: false
      /** Why, and what to do, in one line. */
      readonly reason: string
      /** As in docs/exit-codes.md. */
      readonly exitCode: number
    }

/** By the table of docs/exit-codes.md. */
const NO_RECEIPT = 4

/** Without `exitCode`: for want of a receipt. */
export const refuse = (reason: string, exitCode: number = NO_RECEIPT): Answer => ({
  admitted: false,
  reason,
  exitCode,
})

/** `1a2b3c4d5e (refs/heads/main)`. */
export function describe({ commit, names }: Demand): string {
  const [first = '', ...more] = names
  return `${shorten(commit)} (${first}${more.length === 0 ? '' : ` and ${count(more.length, 'more ref')}`})`
}
