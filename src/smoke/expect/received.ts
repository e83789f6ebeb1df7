/** The type of an answer, worked out from what was expected of it: `{ id: match.string() }` → `{ id: string }`. */
import type { Matcher } from './matcher.ts'

/** A JSON object of which nothing is known. */
export interface JsonObject {
  readonly [key: string]: unknown
}

/** The type of a value that has met expectation `E`. Objects may have further keys, of unknown type. */
export type Received<E> =
  E extends Matcher<infer T>
    ? T
    : E extends RegExp
      ? string
      : E extends string | number | bigint | boolean | null | undefined | Uint8Array
        ? E
        : E extends readonly unknown[]
          ? { readonly [K in keyof E]: Received<E[K]> }
          : E extends object
            ? { readonly [K in keyof E]: Received<E[K]> } & JsonObject
            : JsonObject
