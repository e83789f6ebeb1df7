/** JSON as it was written: numbers keep their source text, repeated keys are noticed, no key is special. */

export type JsonNode =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | JsonObject

export interface JsonObject {
  readonly kind: 'object'
  /** In the order of the text. Of a repeated key the last value, as most readers take it. */
  readonly fields: ReadonlyMap<string, JsonNode>
  /** Keys that occur more than once. */
  readonly repeated: ReadonlySet<string>
}
