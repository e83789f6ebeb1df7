import { describe, expect, it } from 'vitest'
import type { Context, DaemonHandle } from './context.ts'
import { match } from './expect/match.ts'
import type { Matcher } from './expect/matcher.ts'
import type { Received } from './expect/received.ts'

// These hold or fail when the types are checked (`tsc`); at run time there is nothing to see.
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T => true as T

describe('the types of a smoke', () => {
  it('has the needed daemons, and no other', () => {
    type Given = Context<'shop' | 'till'>
    expect(holds<Equal<Given['shop'], DaemonHandle>>()).toBe(true)
    expect(holds<Equal<'till' extends keyof Given ? true : false, true>>()).toBe(true)
    expect(holds<Equal<'safe' extends keyof Given ? true : false, false>>()).toBe(true)
    // A daemon whose name is a helper's is found under `daemons`.
    expect(holds<Equal<Context<'log'>['daemons']['log'], DaemonHandle>>()).toBe(true)
  })

  it('knows an answer by what was expected of it', () => {
    const expected = { id: match.string(), rows: match.arrayOf({ n: match.number() }), fixed: 'x' } as const
    type Answer = Received<typeof expected>
    expect(holds<Equal<Answer['id'], string>>()).toBe(true)
    expect(holds<Equal<Answer['rows'][number]['n'], number>>()).toBe(true)
    expect(holds<Equal<Answer['fixed'], 'x'>>()).toBe(true)
    expect(holds<Equal<Answer['other'], unknown>>()).toBe(true)
    expect(holds<Equal<Received<Matcher<number>>, number>>()).toBe(true)
  })
})
