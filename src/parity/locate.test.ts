import { expect, it } from 'vitest'
import { locate } from './locate.ts'
import { formatPath, type Segment } from './path.ts'
import { json } from './rig.ts'

it.each<[string, Segment[], string, string, string]>([
  ['where types differ', ['a', null], '{"a":[1,1,1]}', '{"a":[1,1,"x"]}', '$.a[2]'],
  ['where an element is beyond the other side', ['a', null], '{"a":[1]}', '{"a":[1,"x"]}', '$.a[1]'],
  ['where a field is lacking on both sides', [null, 'n'], '[{"n":1},{}]', '[{"n":1},{}]', '$[1].n'],
  ['in lists of lists', [null, null], '[[1],[1,1]]', '[[1],[1,true]]', '$[1][1]'],
  ['at the first, when there is nothing to be seen', [null, 'n'], '[{"n":1}]', '[{"n":2}]', '$[0].n'],
  ['at the first, when there is no element', ['a', null, null], '{"a":[]}', '{}', '$.a[0][0]'],
])('%s', (_what, path, left, right, expected) => {
  expect(formatPath(locate(path, json(left), json(right)))).toBe(expected)
})

it('looks at so many elements only', () => {
  const many = `[${'1,'.repeat(50_000)}1]`
  expect(formatPath(locate([null, null], json(many), json(many)))).toBe('$[0][0]')
})
