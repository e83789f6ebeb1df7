import { describe, expect, it } from 'vitest'
import { mergeMatches } from './merge.ts'
import { computeLifts, type Playbook } from './playbook.ts'
import { computeCosine, decodeVector, encodeVector } from './vector.ts'

const rules = { similarity: 0.5, maxBoost: 0.4 }
const query = { model: 'm', vector: [1, 0] }

function record(outcome: 'success' | 'failure', vector = [1, 0], model = 'm'): Playbook {
  return {
    id: `${outcome}-${vector}`,
    query: 'q',
    item: { corpus: 'docs', id: 'a' },
    outcome,
    note: null,
    at: '',
    model,
    vector,
  }
}

describe('computeLifts', () => {
  it('one success of the same query gives half the greatest boost, more give more, never all', () => {
    const boost = (count: number) =>
      computeLifts(Array(count).fill(record('success')), query, rules).find('docs', 'a')?.boost ?? 0
    expect(boost(1)).toBeCloseTo(0.2)
    expect(boost(2)).toBeCloseTo(0.4 * (2 / 3))
    expect(boost(1_000)).toBeLessThan(0.4)
  })
  it('a less similar query gives less; an unrelated one, or one of another model, nothing', () => {
    const similar = computeLifts([record('success', [1, 1])], query, rules).find('docs', 'a')
    expect(similar?.boost).toBeGreaterThan(0)
    expect(similar?.boost).toBeLessThan(0.2)
    expect(computeLifts([record('success', [0.4, 1])], query, rules).find('docs', 'a')).toBeUndefined()
    expect(computeLifts([record('success', [1, 0], 'other')], query, rules).find('docs', 'a')).toBeUndefined()
  })
  it('lifts that item only', () => {
    const lifts = computeLifts([record('success')], query, rules)
    expect(lifts.find('docs', 'b')).toBeUndefined()
    expect(lifts.find('other', 'a')).toBeUndefined()
    expect([...lifts.corpora]).toEqual(['docs'])
  })
  it('failures cancel successes and never push an item down', () => {
    expect(computeLifts([record('success'), record('failure')], query, rules).find('docs', 'a')?.boost).toBe(
      0,
    )
    expect(computeLifts([record('failure'), record('failure')], query, rules).find('docs', 'a')).toEqual({
      boost: 0,
      playbooks: ['failure-1,0', 'failure-1,0'],
    })
  })
})

describe('mergeMatches', () => {
  const match = (id: string, score: number) => ({ id, score, distance: 1 - score, metadata: {} })
  const byCorpus = new Map([
    ['b', [match('x', 0.9), match('y', 0.5)]],
    ['a', [match('x', 0.9), match('z', 0.7)]],
  ])
  const none = () => undefined

  it('is in order of score, ties by corpus and id, with provenance', () => {
    const { results, displaced } = mergeMatches(byCorpus, 3, none)
    expect(results.map(({ corpus, id }) => `${corpus}/${id}`)).toEqual(['a/x', 'b/x', 'a/z'])
    expect(results[2]).toEqual({
      corpus: 'a',
      id: 'z',
      score: 0.7,
      metadata: {},
      provenance: { corpus: 'a', id: 'z', score: 0.7, distance: 1 - 0.7, rank: 2, boost: 0, playbooks: [] },
    })
    expect(displaced).toEqual([])
  })

  it('a lift reorders, shows its origin, and what it pushes out is shown too', () => {
    const lift = (corpus: string, id: string) =>
      corpus === 'b' && id === 'y' ? { boost: 0.3, playbooks: ['pb-1'] } : undefined
    expect(mergeMatches(byCorpus, 4, lift).results).toHaveLength(4)
    const { results, displaced } = mergeMatches(byCorpus, 3, lift)
    expect(results.map(({ corpus, id }) => `${corpus}/${id}`)).toEqual(['a/x', 'b/x', 'b/y'])
    expect(results[2]).toMatchObject({
      score: 0.8,
      provenance: { score: 0.5, boost: 0.3, playbooks: ['pb-1'] },
    })
    expect(displaced.map(({ corpus, id }) => `${corpus}/${id}`)).toEqual(['a/z'])
  })
})

describe('vectors', () => {
  it('are stored and read back', () => {
    const vector = [0, -1.5, 0.25, 1e-20]
    expect(decodeVector(encodeVector(vector))).toEqual(vector.map(Math.fround))
    for (const bad of ['', 'AAA', 'AAAAgH8=', '%%%%']) expect(decodeVector(bad)).toBeUndefined()
  })
  it('have a cosine, 0 where there is none', () => {
    expect(computeCosine([3, 4], [6, 8])).toBe(1)
    expect(computeCosine([1, 0], [0, 1])).toBe(0)
    expect(computeCosine([0, 0], [1, 1])).toBe(0)
    expect(computeCosine([1], [1, 1])).toBe(0)
  })
})
