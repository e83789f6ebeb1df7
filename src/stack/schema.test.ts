import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stackJsonSchema } from './schema.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Every key of the schema, by path; `*` stands for a name of the reader's own. */
function keysOf(schema: unknown, path: string[] = []): { path: string[]; schema: Record<string, unknown> }[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties, additionalProperties, anyOf } = schema as Record<string, unknown>
  return [
    ...Object.entries((properties ?? {}) as Record<string, Record<string, unknown>>).flatMap(
      ([key, inner]) => [{ path: [...path, key], schema: inner }, ...keysOf(inner, [...path, key])],
    ),
    ...keysOf(additionalProperties, [...path, '*']),
    ...((anyOf ?? []) as unknown[]).flatMap((form) => keysOf(form, path)),
  ]
}

const keys = keysOf(stackJsonSchema())

describe('the JSON Schema', () => {
  it('is what stacks/stack.schema.json holds', () =>
    expect(
      read('stacks/stack.schema.json'),
      'the schema has changed; run: node src/smokechain.mjs schema > stacks/stack.schema.json',
    ).toBe(`${JSON.stringify(stackJsonSchema(), null, 2)}\n`))
  it('is for editors: every key has a description and an example', () => {
    expect(keys.length).toBeGreaterThan(60)
    expect(
      keys
        .filter(({ schema }) => !schema['description'] || !schema['examples'])
        .map(({ path }) => path.join('.')),
    ).toEqual([])
  })
  it('allows no unknown keys', () => {
    const closed = [stackJsonSchema(), ...keys.map(({ schema }) => schema)].filter(
      (schema) => 'properties' in schema,
    )
    expect(closed.length).toBeGreaterThan(3)
    expect(closed.filter((schema) => schema['additionalProperties'] !== false)).toEqual([])
  })
})

describe('docs/stack-file.md', () => {
  const page = read('docs/stack-file.md')
  it('speaks of every key', () => {
    const names = new Set(keys.map(({ path }) => path.at(-1) ?? ''))
    expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })
  it('gives every default', () => {
    const missing = keys.filter(({ schema }) => {
      const value = schema['default']
      return (
        value !== undefined &&
        !page.includes(`\`${typeof value === 'string' ? `"${value}"` : JSON.stringify(value)}\``)
      )
    })
    expect(missing.map(({ path }) => path.join('.'))).toEqual([])
  })
})
