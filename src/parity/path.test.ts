import { describe, expect, it } from 'vitest'
import { createModes, type ModeState } from './modes.ts'
import { formatPath, generalise, parsePath, type Segment } from './path.ts'
import { PathSet } from './path-set.ts'
import { ruleOf } from './rig.ts'

describe('paths', () => {
  it.each<[string, unknown[]]>([
    ['$', []],
    ['$.items[*].id', [{ kind: 'key', key: 'items' }, { kind: 'any-element' }, { kind: 'key', key: 'id' }]],
    ['$["a key"].*[0]', [{ kind: 'key', key: 'a key' }, { kind: 'any-key' }, { kind: 'index', index: 0 }]],
    ['$["\\u0061\\"]"]', [{ kind: 'key', key: 'a"]' }]],
    [
      '$.__proto__.content-type',
      [
        { kind: 'key', key: '__proto__' },
        { kind: 'key', key: 'content-type' },
      ],
    ],
  ])('%s', (text, steps) => expect(parsePath(text)).toEqual({ ok: true, value: steps }))

  it.each([
    '',
    'items',
    '.items',
    '$items',
    '$.',
    '$..a',
    '$[',
    '$[01]',
    '$[-1]',
    "$['a']",
    '$["a]',
    '$.a b',
    '$[*',
    '$.1a',
    '$ ',
  ])('refuses %j', (text) => expect(parsePath(text).ok).toBe(false))

  it('says up to where it could be read', () =>
    expect(parsePath('$.items[x].id')).toEqual({
      ok: false,
      error: 'what follows `$.items` is no step of a path',
    }))

  it.each<[Segment[], string]>([
    [[], '$'],
    [['items', 3, 'id'], '$.items[3].id'],
    [['items', null, 'a "key"'], '$.items[*]["a \\"key\\""]'],
    [['1', '', 'é'], '$["1"][""]["é"]'],
  ])('%j is written as it is read', (path, text) => {
    expect(formatPath(path)).toBe(text)
    expect(parsePath(text).ok).toBe(true)
  })

  it('speaks of all elements when asked to', () =>
    expect(formatPath(generalise(['rows', 0, 'a', 12]))).toBe('$.rows[*].a[*]'))
})

describe('modes', () => {
  const at = (state: ModeState, ...path: Segment[]): string =>
    path.reduce((one, segment) => one.descend(segment), state).mode.kind

  it('are those of the deepest rule', () => {
    const modes = createModes(
      [ruleOf('$.items[*].id', 'shape'), ruleOf('$.items', 'ignore'), ruleOf('$.items[*].id.x', /a/)],
      { kind: 'value' },
    )
    expect(at(modes)).toBe('value')
    expect(at(modes, 'other', 'items')).toBe('value')
    expect(at(modes, 'items')).toBe('ignore')
    expect(at(modes, 'items', 4, 'name', 'first')).toBe('ignore')
    expect(at(modes, 'items', 4, 'id')).toBe('shape')
    expect(at(modes, 'items', 4, 'id', 'y')).toBe('shape')
    expect(at(modes, 'items', 4, 'id', 'x')).toBe('pattern')
  })
  it('prefer a name to a wildcard, and the last rule of two for the same path', () => {
    const modes = createModes(
      [
        ruleOf('$.a', 'shape'),
        ruleOf('$.*', 'ignore'),
        ruleOf('$[0]', 'ignore'),
        ruleOf('$[0]', 'shape'),
        ruleOf('$[*]', 'ignore'),
      ],
      { kind: 'value' },
    )
    expect([at(modes, 'a'), at(modes, 'b'), at(modes, 0), at(modes, 1)]).toEqual([
      'shape',
      'ignore',
      'shape',
      'ignore',
    ])
  })
  it('can be given for the body as a whole', () => {
    const modes = createModes([ruleOf('$', 'shape')], { kind: 'value' })
    expect([at(modes), at(modes, 'a')]).toEqual(['shape', 'shape'])
    expect(modes.uniform).toBe(true)
  })
})

it('a set of places knows what is in it, below it and above it', () => {
  const set = new PathSet()
  set.add(['a', 0])
  expect(set.covers(['a', 0])).toBe(true)
  expect(set.covers(['a', 0, 'b'])).toBe(true)
  expect(set.covers(['a'])).toBe(false)
  expect(set.covers(['a', 1])).toBe(false)
  expect(set.covers(['a', '0'])).toBe(false)
})
