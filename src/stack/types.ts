/**
 * A stack file, loaded and checked. Placeholders (`{bind}`, `{data}`, …) are known to be valid but not yet
 * filled in: `resolve.ts` does that per run, when the ports are leased.
 * All durations are milliseconds, all sizes bytes.
 */

import type { Limits } from '../kernel/resources.ts'
import type { TomlTable } from './toml-values.ts'

/** A declared socket. `port` 0: one is leased for the run. */
export interface BindSpec {
  /** `main` for a lone `bind = …`, otherwise its key in `binds`. */
  readonly name: string
  readonly host: string
  readonly port: number
}

/** JSON values, as an expected answer. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type ReadySpec =
  | {
      readonly kind: 'http'
      /** A path on the daemon's own socket, or a whole URL. May hold placeholders. */
      readonly target: string
      readonly status: number
      readonly json?: Json
      /** Which socket a path is asked on; absent: the first. */
      readonly bind?: string
    }
  | { readonly kind: 'tcp'; readonly target?: string; readonly bind?: string }
  | {
      readonly kind: 'sql'
      readonly statement: string
      readonly expect?: Json
      /** `postgres://…` or `mysql://…`; absent: the daemon's own HTTP SQL endpoint. */
      readonly url?: string
      readonly bind?: string
    }
  | { readonly kind: 'log'; readonly pattern: string }
  | { readonly kind: 'fd'; readonly fd: number }
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'socket'; readonly path: string }

/** Where a daemon takes SQL over HTTP, and how the request and the answer spell it. */
export interface SqlEndpoint {
  readonly path: string
  /** Field of the JSON request that carries the statement. */
  readonly statementField: string
  /** Fields of the JSON answer. Rows may be arrays (then `columnsField` names the columns) or objects. */
  readonly rowsField: string
  readonly columnsField: string
}

/** `restart = "on-failure"`: what a supervisor does when the daemon ends by itself. A chain that boots its own never restarts. */
export interface RestartSpec {
  /** Restarts in a row before it gives up. */
  readonly limit: number
  /** Pause before the first; doubled for each further one. */
  readonly backoffMs: number
}

export interface DaemonSpec extends Limits {
  readonly name: string
  readonly command: readonly string[]
  /** Working directory; may hold placeholders. Default `{root}`. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly binds: readonly BindSpec[]
  readonly needs: readonly string[]
  /** All must hold. Empty: its sockets listening, or (with no sockets) having been spawned, is enough. */
  readonly ready: readonly ReadySpec[]
  readonly alive: readonly ReadySpec[]
  readonly readyTimeoutMs: number
  readonly stopGraceMs: number
  /** May listen off loopback. */
  readonly expose: boolean
  /** Globs, relative to the root, of files that are its own beside its program (`smokechain watch`). */
  readonly watch?: readonly string[]
  readonly sql: SqlEndpoint
  /** Absent: never restarted. */
  readonly restart?: RestartSpec
}

/** A pattern of a log line, and what it means. */
export interface DoctorPattern {
  /** A JavaScript regular expression. */
  readonly match: string
  readonly cause: string
  readonly remedy: string
}

/** An S3 store that the doctor asks. */
export interface DoctorS3 {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** `[doctor]`: what only the stack's owner can tell about its health. */
export interface DoctorSpec {
  readonly patterns: readonly DoctorPattern[]
  /** Placeholders not yet filled in (`resolveDoctorS3`). */
  readonly s3?: DoctorS3
}

export interface Stack {
  readonly name: string
  /** Absolute path of the TOML file. */
  readonly file: string
  /** Absolute path of the project: what `{root}` means. */
  readonly root: string
  /** Absolute path of the folder of smokes. */
  readonly smokes: string
  readonly chain: readonly string[]
  /** Folder of the data that a supervisor keeps, placeholders not yet filled in (`resolveDataFolder`). */
  readonly data?: string
  /** In the file's order. */
  readonly daemons: ReadonlyMap<string, DaemonSpec>
  /** `[config]`, placeholders not yet filled in; undefined when the file has none. Integers are bigint, floats number. */
  readonly config: TomlTable | undefined
  /** Values never to be written anywhere: `[config]` and `env` entries that are secret by name or by mark. */
  readonly secrets: readonly string[]
  /** Paths marked as secret (`secrets = […]`), as written. */
  readonly secretMarks?: readonly string[]
  /** Absent when the file has no `[doctor]`. */
  readonly doctor?: DoctorSpec
  /** The file's text, for messages that point into it. */
  readonly source?: string
}
