import { describe, expect, it } from 'vitest'
import { isSmokeDefinition, SmokeDefinitionError, smoke } from './define.ts'

const good = { title: 'a claim', needs: ['shop'], run: () => undefined } as const

/** As a smoke in plain JavaScript might call it. */
function problemsOf(options: unknown): readonly string[] {
  try {
    Reflect.apply(smoke, undefined, [options])
    return []
  } catch (error) {
    if (error instanceof SmokeDefinitionError) return error.problems.map((problem) => problem.message)
    throw error
  }
}

describe('smoke()', () => {
  it('checks, fills in and brands a definition', () => {
    const definition = smoke({ ...good, needs: ['shop', 'shop', 'till'], budget: '2s', why: ' because ' })
    expect(definition).toMatchObject({ needs: ['shop', 'till'], budgetMs: 2_000, claims: [], why: 'because' })
    expect([isSmokeDefinition(definition), isSmokeDefinition(good), isSmokeDefinition(null)]).toEqual([
      true,
      false,
      false,
    ])
    expect(smoke(good).budgetMs).toBe(30_000)
  })

  it.each([
    [undefined, ['smoke() takes an object: smoke({ title, needs, run })']],
    [{ ...good, tilte: 'x' }, ['unknown field "tilte"; did you mean "title"?']],
    [{ ...good, title: ' ' }, ['"title" must be a sentence: the claim']],
    [{ ...good, title: 'a\nb' }, ['"title" must be one line']],
    [{ ...good, needs: 'shop' }, ['"needs" must be an array of names: needs: ["queryd"]']],
    [{ ...good, needs: [''] }, ['"needs" must be an array of names: needs: ["queryd"]']],
    [{ ...good, claims: [1] }, ['"claims" must be an array of names: claims: ["query-fresh"]']],
    [{ ...good, budget: 10 }, ['"budget" must be a number with a unit: 250ms, 15s, 1.5m, 1h']],
    [{ ...good, budget: '0s' }, ['"budget" must be a number with a unit: 250ms, 15s, 1.5m, 1h']],
    [{ ...good, why: '' }, ['"why" must be a text that says what is at stake']],
    [{ ...good, run: 'x' }, ['"run" must be a function: async run({ step }) { … }']],
    [
      { needs: [], bugdet: '1s' },
      [
        'unknown field "bugdet"; did you mean "budget"?',
        '"title" must be a sentence: the claim',
        '"run" must be a function: async run({ step }) { … }',
      ],
    ],
  ])('refuses %j, saying everything that is wrong', (options, said) =>
    expect(problemsOf(options)).toEqual(said),
  )
})
