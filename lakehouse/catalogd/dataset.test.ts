import { describe, expect, it } from 'vitest'
import { type Column, describeDrift, findDrift, registrationSchema } from './dataset.ts'

const columns = (text: string): Column[] =>
  text.split(' ').map((pair) => {
    const [name = '', type = ''] = pair.split(':')
    return { name, type }
  })

describe('findDrift', () => {
  it.each([
    ['a:INT b:INT', 'a:INT b:INT', ''],
    ['a:INT b:INT', 'a:INT', 'removed: b INT'],
    ['a:INT', 'a:INT b:DATE', 'added: b DATE'],
    ['a:INT', 'A:INT', 'removed: a INT; added: A INT'],
    ['a:INT b:INT', 'a:DOUBLE b:INT', 'changed: a INT -> DOUBLE'],
    ['a:INT b:INT c:INT', 'b:DATE d:INT a:INT', 'changed: b INT -> DATE; removed: c INT; added: d INT'],
    ['a:INT b:INT c:INT', 'a:INT c:INT b:INT', 'moved: b INT; moved: c INT'],
    ['a:INT', 'a:int', 'changed: a INT -> int'],
  ])('%s against %s: %s', (expected, received, text) => {
    expect(describeDrift(findDrift(columns(expected), columns(received)))).toBe(text)
  })

  it('gives both types', () => {
    expect(findDrift(columns('a:INT b:INT'), columns('a:DATE c:INT'))).toEqual([
      { name: 'a', change: 'changed', expected: 'INT', received: 'DATE' },
      { name: 'b', change: 'removed', expected: 'INT', received: null },
      { name: 'c', change: 'added', expected: null, received: 'INT' },
    ])
  })
})

describe('a registration', () => {
  const valid = { name: 't', columns: columns('a:INT'), fingerprint: 'f', objects: ['k'] }

  it.each(['t', '_', 'orders_2026', 'x'.repeat(63)])('may be named %s', (name) => {
    expect(registrationSchema.safeParse({ ...valid, name }).success).toBe(true)
  })

  it.each(['', 'T', '1a', 'a-b', 'a b', 'a.b', 'a;--', 'ö', 'a\n', 'x'.repeat(64)])(
    'may not be named %j',
    (name) => {
      expect(registrationSchema.safeParse({ ...valid, name }).success).toBe(false)
    },
  )

  it.each([
    { columns: [] },
    { columns: columns('a:INT a:INT') },
    { columns: columns('a:INT A:INT') },
    { columns: [{ name: '', type: 'INT' }] },
    { columns: [{ name: 'a', type: '' }] },
    { columns: [{ name: 'a\u0000', type: 'INT' }] },
    { columns: [{ name: 'a', type: 'INT', nullable: true }] },
    { fingerprint: '' },
    { objects: [] },
    { objects: [''] },
    { objects: ['a\nb'] },
    { objects: ['ö'.repeat(513)] },
    { objects: 'k' },
    { more: 1 },
  ])('is refused with %j', (change) => {
    expect(registrationSchema.safeParse({ ...valid, ...change }).success).toBe(false)
  })
})
