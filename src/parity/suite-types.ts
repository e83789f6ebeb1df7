/** A cases file, loaded and checked. Durations are milliseconds, sizes bytes. */
import type { NumberPolicy } from './decimal.ts'
import type { Mode, ModeRule } from './modes.ts'

export interface ParityCase {
  readonly name: string
  readonly method: string
  /** Sent as it is, after the base URL's own path. */
  readonly path: string
  /** Values may hold `{env.VAR}`. */
  readonly headers: Readonly<Record<string, string>>
  /** The same bytes to both sides; absent: no body. */
  readonly body?: Buffer
  /** How often each side is asked; 1: differences from itself cannot be seen. */
  readonly asks: number
  /** For one answer. */
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  readonly numbers: NumberPolicy
  /** For paths without a rule. */
  readonly mode: Mode
  /** The file's rules first, then the case's own, which win. */
  readonly rules: readonly ModeRule[]
}

export interface ParitySuite {
  readonly name: string
  /** Absolute path of the cases file. */
  readonly file: string
  /** As in the file: a URL, or a daemon's name. */
  readonly left?: string
  readonly right?: string
  /** Absolute paths. */
  readonly stack?: string
  readonly gaps?: string
  readonly cases: readonly ParityCase[]
}
