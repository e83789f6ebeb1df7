/** What a smoke's `run` is given: types only. The behaviour is in `runtime/`. */
import type { SocketAddress } from '../kernel/event.ts'
import type { Matcher } from './expect/matcher.ts'
import type { JsonObject, Received } from './expect/received.ts'
import type { DaemonDescription } from './types.ts'

/** Length or SHA-256 (hex) of bytes that are too many to hold as an expected value. */
export interface BytesDigest {
  readonly length?: number
  readonly sha256?: string
}

/** What an answer must be. Every clause that is given must hold. */
export interface Expectation<E = unknown> {
  readonly status?: number | Matcher<number>
  /** Names in any case; a text must be equal, a regular expression or matcher must match. */
  readonly headers?: { readonly [name: string]: string | RegExp | Matcher }
  /** Objects may hold more than this, at any depth; arrays must hold exactly these items in order. */
  readonly json?: E
  readonly text?: string | RegExp | Matcher
  /** A digest is taken as the bytes come: the answer's `body` is then not kept beyond 64 KiB. */
  readonly bytes?: Uint8Array | BytesDigest
  /** Ask again until all of it holds, for at most this long (`"2s"`). For conditions that become true by themselves. */
  readonly within?: string
}

/** Rows as objects, whichever form the daemon answers in. */
export interface SqlExpectation<R = unknown> extends Expectation {
  /** Exactly these rows in order; each may hold more columns than named. Or a matcher of the array of rows. */
  readonly rows?: R
  readonly columns?: readonly string[] | Matcher
}

export interface RequestOptions {
  readonly headers?: { readonly [name: string]: string | readonly string[] }
  /** For the whole request, `"10s"` by default. */
  readonly timeout?: string
  /** How much of the answer's body to take at most. Default 300 MiB. */
  readonly maxBytes?: number
  /** Which of the daemon's sockets; the first by default. */
  readonly bind?: string
}

/** Plain JSON values go as application/json, text and bytes as they are, streams chunk by chunk. */
export type Body = string | number | boolean | null | object | Uint8Array | AsyncIterable<Uint8Array | string>

export interface Answer<J = JsonObject> {
  readonly status: number
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  /** Throws when it was too long to be kept beside the digest that was expected. */
  readonly body: Buffer
  /** Bytes of the body. */
  readonly size: number
  readonly text: string
  /** Parsed on use; throws when the body is not JSON. Integers beyond 2^53 come as `bigint`. */
  readonly json: J
}

export interface SqlAnswer<R = readonly JsonObject[]> extends Answer {
  readonly columns: readonly string[]
  readonly rows: R
}

type Get = <const E = unknown>(
  path: string,
  expectation?: Expectation<E>,
  options?: RequestOptions,
) => Promise<Answer<Received<E>>>

type Send = <const E = unknown>(
  path: string,
  body?: Body,
  expectation?: Expectation<E>,
  options?: RequestOptions,
) => Promise<Answer<Received<E>>>

/** One daemon of the stack. Paths go out as written: nothing is normalised, so `..` and `%2e` arrive. */
export interface DaemonHandle {
  readonly name: string
  /** `http://127.0.0.1:3211`, of its first socket. */
  readonly url: string
  /** Its first socket. */
  readonly bind: { readonly host: string; readonly port: number }
  readonly binds: readonly SocketAddress[]
  readonly get: Get
  readonly head: Get
  readonly delete: Get
  readonly post: Send
  readonly put: Send
  readonly patch: Send
  /** With a method of one's own. */
  request<const E = unknown>(
    method: string,
    path: string,
    body?: Body,
    expectation?: Expectation<E>,
    options?: RequestOptions,
  ): Promise<Answer<Received<E>>>
  /** Sends these bytes as they are on a fresh connection, for requests that no client would send. */
  raw<const E = unknown>(
    bytes: Uint8Array | string,
    expectation?: Expectation<E>,
    options?: RequestOptions,
  ): Promise<Answer<Received<E>>>
  /** Runs a statement through the daemon's SQL endpoint (`sql` in the stack file). */
  sql<const R = readonly JsonObject[]>(
    statement: string,
    expectation?: SqlExpectation<R>,
    options?: RequestOptions & { readonly body?: JsonObject },
  ): Promise<SqlAnswer<Received<R>>>
}

/** Acts on the stack. Only on daemons that the smoke needs. What it stops, it must start again. */
export interface StackHandle<N extends string = string> {
  /** Ends the daemon (SIGTERM, or `signal`: SIGKILL for a crash) and waits until its next incarnation is ready. */
  restart(name: N, o?: { signal?: NodeJS.Signals }): Promise<void>
  /** Ends it (SIGTERM, or `signal`) and waits until nothing of it is left. */
  stop(name: N, o?: { signal?: NodeJS.Signals }): Promise<void>
  /** Waits until it is ready. */
  start(name: N): Promise<void>
  /** Command, working directory, environment and sockets, to start a copy of one's own. */
  describe(name: N): DaemonDescription
}

export interface StepOptions {
  /** Of the smoke's claims, those that this step proves. A claim that no step names is proven by the whole smoke. */
  readonly claims?: readonly string[]
}

export interface Tools<N extends string = string> {
  /** One probe. `title` is a sentence, unique in the smoke; `fn` must expect something. Returns what `fn` returns. */
  step<T>(title: string, fn: () => T | Promise<T>): Promise<T>
  step<T>(title: string, options: StepOptions, fn: () => T | Promise<T>): Promise<T>
  /** Expects something of a value that is no answer, e.g. an exit code. Inside a step. */
  expect(what: string, actual: unknown, expected: unknown): void
  /**
   * Tries `condition` until it holds, at most `limit` (`"2s"`). It holds when it throws no failed expectation and, with
   * `expected`, when its value matches that; without, when its value is not `false`.
   */
  within<T>(limit: string, condition: () => T | Promise<T>, expected?: unknown): Promise<T>
  /** A name that nothing else has: `[a-z0-9_]`, good for tables, keys, indexes. */
  unique(prefix?: string): string
  readonly stack: StackHandle<N>
  /** Ends the smoke as SKIP. */
  skip(reason: string): never
  /** A line in this smoke's log. */
  log(...values: readonly unknown[]): void
  /** Aborted when the smoke is over, for whatever reason. For `fetch`, zx and the like. */
  readonly signal: AbortSignal
  /** The project's folder, and this run's data folder. */
  readonly root: string
  readonly dataDir: string
  /** The needed daemons by name; for a daemon whose name is also a helper's. */
  readonly daemons: { readonly [K in N]: DaemonHandle }
}

/** The needed daemons by name, and the helpers. */
export type Context<N extends string = never> = {
  readonly [K in Exclude<N, keyof Tools>]: DaemonHandle
} & Tools<N>
