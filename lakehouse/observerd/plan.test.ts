import { describe, expect, it } from 'vitest'
import { parseBody } from '../kit/app.ts'
import { planWorkflow, workflowSchema } from './plan.ts'

const node = (id: string, needs: string[] = [], input: unknown = null, type = 'echo') => ({
  id,
  type,
  needs,
  input,
})
const plan = (...nodes: object[]) => planWorkflow(parseBody(workflowSchema, { nodes }))

describe('the order', () => {
  it('puts every node after all it needs, and keeps the order of the request otherwise', () => {
    expect(
      plan(node('d', ['b', 'c']), node('x'), node('c', ['a']), node('b', ['a']), node('a')).order,
    ).toEqual(['x', 'a', 'c', 'b', 'd'])
  })

  it('takes a hundred nodes in a row, declared backwards', () => {
    const nodes = Array.from({ length: 100 }, (_, n) => node(`n${n}`, n < 99 ? [`n${n + 1}`] : []))
    expect(plan(...nodes).order).toEqual(nodes.map(({ id }) => id).reverse())
  })
})

describe('what is refused', () => {
  it.each([
    [
      'a cycle',
      [node('x'), node('a', ['b', 'x']), node('b', ['c']), node('c', ['a'])],
      'cycle',
      { path: ['a', 'b', 'c', 'a'] },
    ],
    [
      'a cycle behind a tail',
      [node('t', ['a']), node('a', ['b']), node('b', ['a'])],
      'cycle',
      { path: ['a', 'b', 'a'] },
    ],
    ['a node that needs itself', [node('a', ['a'])], 'cycle', { path: ['a', 'a'] }],
    ['an unknown need', [node('a', ['ghost'])], 'unknown_need', { node: 'a', need: 'ghost' }],
    ['an id twice', [node('a'), node('a')], 'duplicate_node', { node: 'a' }],
    ['an unknown type', [node('a', [], null, 'shell')], 'unknown_type', { node: 'a', type: 'shell' }],
    ['a type of Object', [node('a', [], null, 'constructor')], 'unknown_type', { type: 'constructor' }],
    [
      'a reference to what is not needed',
      [node('a'), node('b', [], 'x {{a}}')],
      'undeclared_reference',
      { node: 'b', reference: '{{a}}' },
    ],
    ['a reference to itself', [node('a', [], '{{a.x}}')], 'undeclared_reference', { reference: '{{a.x}}' }],
    [
      'a malformed reference',
      [node('a'), node('b', ['a'], { deep: ['{{a..b}}'] })],
      'bad_reference',
      { reference: '{{a..b}}' },
    ],
    ['an unclosed reference', [node('a'), node('b', ['a'], '{{a')], 'bad_reference', { reference: '{{a' }],
  ])('%s', (_what, nodes, code, details) => {
    expect(() => plan(...nodes)).toThrow(
      expect.objectContaining({ status: 400, code, details: expect.objectContaining(details) }),
    )
  })

  it('the message of a cycle shows the path', () => {
    expect(() => plan(node('a', ['b']), node('b', ['a']))).toThrow('in a cycle: a → b → a')
  })

  it.each([
    ['no nodes', { nodes: [] }, 'nodes'],
    ['too many', { nodes: Array.from({ length: 101 }, (_, n) => node(`n${n}`)) }, 'nodes'],
    ['an id with a dot', { nodes: [node('a.b')] }, 'nodes[0].id'],
    ['an unknown field', { nodes: [{ ...node('a'), retries: 3 }] }, 'nodes[0].retries'],
    [
      'bottomless input',
      { nodes: [node('a', [], JSON.parse('['.repeat(100) + ']'.repeat(100)))] },
      'nodes[0].input',
    ],
  ])('%s, naming the field', (_what, body, field) => {
    expect(() => parseBody(workflowSchema, body)).toThrow(
      expect.objectContaining({ status: 400, details: { field } }),
    )
  })
})

it('a reference may reach through the needs of needs', () => {
  expect(plan(node('a'), node('b', ['a']), node('c', ['b'], '{{a}}')).order).toEqual(['a', 'b', 'c'])
})
