import { expect, it } from 'vitest'
import { smokeAnchor, stepAnchor } from './anchors.ts'

it('are of plain characters, whatever the name', () => {
  expect(smokeAnchor('storaged_cap')).toBe('smoke-storaged_cap')
  expect(smokeAnchor('a" onclick="x')).toMatch(/^smoke-[A-Za-z0-9_.]+$/)
  expect(stepAnchor('d1', 3)).toBe('step-d1-3')
})

it('differ where names differ', () => {
  const names = ['a.b', 'a-b', 'a b', 'a.2d.b', 'a/b', 'ä', 'a1', 'a', 'a-1']
  const anchors = [...names.map(smokeAnchor), stepAnchor('a', 1), stepAnchor('a-1', 1)]
  expect(new Set(anchors).size).toBe(anchors.length)
})
