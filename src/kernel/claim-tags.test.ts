import { expect, it } from 'vitest'
import { readClaimTags, stripClaimTags } from './claim-tags.ts'

it.each([
  ['sums are right [claim:exact-sums]', ['exact-sums'], 'sums are right'],
  ['[claim:a] both [claim:b] of them [claim:a]', ['a', 'b'], 'both of them'],
  ['[claim:] [claim: a] [claims:a] claim:a', [], '[claim:] [claim: a] [claims:a] claim:a'],
])('tags of a title, %#', (title, ids, text) => {
  expect(readClaimTags(title)).toEqual(ids)
  expect(stripClaimTags(title)).toBe(text)
})
