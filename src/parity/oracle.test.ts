/** The comparison against a plain definition of equality, on values made by chance. */
import { expect, it } from 'vitest'
import { createChance } from '../kernel/test-chance.ts'
import { compareCase } from './compare-case.ts'
import { areEqualNumbers, typeOfNumber } from './decimal.ts'
import type { JsonNode } from './json-node.ts'
import { answers, chanceJson, compareTexts, divergencesOf, json, show, standardCase } from './rig.ts'

/** Equal in type and value, place by place; keys in any order. */
function areEqual(a: JsonNode, b: JsonNode): boolean {
  if (a.kind === 'number' && b.kind === 'number') {
    return (
      typeOfNumber(a.text, 'literal') === typeOfNumber(b.text, 'literal') && areEqualNumbers(a.text, b.text)
    )
  }
  if (a.kind === 'array' && b.kind === 'array') {
    return (
      a.items.length === b.items.length && a.items.every((item, at) => areEqual(item, b.items[at] ?? item))
    )
  }
  if (a.kind === 'object' && b.kind === 'object') {
    const keys = new Set([...a.fields.keys(), ...b.fields.keys()])
    return [...keys].every((key) => {
      const [l, r] = [a.fields.get(key), b.fields.get(key)]
      return l !== undefined && r !== undefined && areEqual(l, r)
    })
  }
  if ('value' in a && 'value' in b) return a.kind === b.kind && a.value === b.value
  return a.kind === 'null' && b.kind === 'null'
}

function repeatsKeys(node: JsonNode): boolean {
  if (node.kind === 'array') return node.items.some(repeatsKeys)
  return node.kind === 'object' && (node.repeated.size > 0 || [...node.fields.values()].some(repeatsKeys))
}

const chance = createChance(7)
const values = Array.from({ length: 1_500 }, () => chanceJson(chance)).filter(
  (text) => !repeatsKeys(json(text)),
)
/** One scalar of it is another. */
const change = (text: string): string => {
  const scalars = [...text.matchAll(/(?<=^|[[,:])(?:null|true|false|-?\d[\d.e]*)(?=$|[\],}])/g)]
  const one = scalars[Math.floor(chance() * scalars.length)]
  if (one === undefined) return text
  const other = ['null', '2', '"z"', '[]', '{"z":1}'][Math.floor(chance() * 5)] ?? 'null'
  return text.slice(0, one.index) + other + text.slice(one.index + one[0].length)
}

it('a value matches itself', () => {
  for (const text of values) expect([text, divergencesOf(compareTexts(text, text))]).toEqual([text, []])
})

it('two values match when, and only when, they are equal', () => {
  let equal = 0
  for (const [at, text] of values.entries()) {
    for (const other of [change(text), values[(at + 1) % values.length] ?? text]) {
      const expected = areEqual(json(text), json(other)) ? 'match' : 'diverges'
      if (expected === 'match') equal += 1
      expect([text, other, compareTexts(text, other).verdict]).toEqual([text, other, expected])
    }
  }
  expect(equal).toBeGreaterThan(20)
  expect(equal).toBeLessThan(values.length)
})

it('says the same from the other side', () => {
  for (const text of values.slice(0, 400)) {
    const other = change(text)
    const [here, there] = [compareTexts(text, other), compareTexts(other, text)]
    const swapped = there.divergences.map(({ left, right, ...rest }) => ({
      ...rest,
      left: right,
      right: left,
    }))
    const byPath = (a: { path: string; aspect: string }, b: typeof a) =>
      `${a.path} ${a.aspect}` < `${b.path} ${b.aspect}` ? -1 : 1
    expect(here.divergences.toSorted(byPath)).toEqual(swapped.toSorted(byPath))
  }
})

it('takes for a divergence nothing in which a side differs from itself', () => {
  for (const text of values.slice(0, 600)) {
    const other = change(text)
    const steady = answers(text, text)
    for (const unsteady of [answers(text, other), answers(other, text)]) {
      for (const one of [
        compareCase(standardCase, unsteady, steady, show),
        compareCase(standardCase, steady, unsteady, show),
      ]) {
        expect([text, other, divergencesOf(one)]).toEqual([text, other, []])
        if (text !== other && !areEqual(json(text), json(other)))
          expect([text, other, one.noise.length + one.unknown.length > 0]).toEqual([text, other, true])
      }
    }
  }
})
