import { describe, expect, it } from 'vitest'
import { buildApp } from './app.ts'
import { configSchema } from './config.ts'
import type { WireForm } from './fault.ts'

const { policy } = configSchema.parse({
  bind: '127.0.0.1:0',
  policy: { forbidden_words: ['guaranteed'] },
})

async function validate(body: unknown, wire: WireForm = 'flat') {
  const app = buildApp({ wire, policy, logger: false })
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/validate',
    payload: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return { status: answer.statusCode, body: answer.json() }
}

const fill = {
  role: 'welder',
  location: 'Toledo, OH',
  count: 2,
  candidates: [
    { id: 'w1', name: 'Ada' },
    { id: 'w2', name: 'Grace' },
  ],
}
const email = { to: ['crew@example.org'], subject: 'Monday shift', body: 'Ada starts at seven.' }
const sms = { to: '+15550100123', body: 'Ada starts at seven.' }
const playbook = {
  name: 'fill an order',
  steps: [
    { id: 'search', action: 'matrix.search' },
    { id: 'propose', action: 'fill', after: ['search'] },
  ],
}

describe('valid artifacts', () => {
  it.each([
    ['fill', fill],
    ['email', email],
    ['sms', sms],
    ['playbook', playbook],
  ])('%s', async (kind, artifact) => {
    expect(await validate({ kind, artifact })).toEqual({ status: 200, body: { valid: true, warnings: [] } })
  })

  it('remarks that do not make it invalid are warnings', async () => {
    const { status, body } = await validate({
      kind: 'email',
      artifact: { ...email, subject: 'x'.repeat(79) },
    })
    expect(status).toBe(200)
    expect(body).toEqual({ valid: true, warnings: ['subject is longer than 78 characters'] })
  })
})

describe('faults: one each, the first of Schema, Completeness, Consistency, Policy', () => {
  const [ada, grace] = fill.candidates
  it.each([
    ['fill', { ...fill, count: 'two' }, {}, 'schema', 'count'],
    ['fill', { ...fill, colour: 'red' }, {}, 'schema', 'colour'],
    ['fill', { ...fill, candidates: [{ id: 'w1' }] }, {}, 'schema', 'candidates[0].name'],
    ['fill', 'text', {}, 'schema', 'artifact'],
    ['fill', { ...fill, role: ' ' }, {}, 'completeness', 'role'],
    ['fill', { ...fill, candidates: [ada] }, {}, 'completeness', 'candidates'],
    [
      'fill',
      { ...fill, candidates: [ada, { ...grace, name: '' }] },
      {},
      'completeness',
      'candidates[1].name',
    ],
    [
      'fill',
      { ...fill, candidates: [ada, { id: 'w1', name: 'Eve' }] },
      {},
      'consistency',
      'candidates[1].id',
    ],
    ['fill', { ...fill, count: 1 }, {}, 'consistency', 'candidates'],
    ['fill', fill, { location: 'Akron, OH' }, 'consistency', 'location'],
    ['fill', fill, { excluded: ['w2'] }, 'policy', 'candidates[1].id'],
    ['email', { ...email, to: ['nobody'] }, {}, 'schema', 'to[0]'],
    ['email', { ...email, subject: '' }, {}, 'completeness', 'subject'],
    ['email', { ...email, body: 'Dear {{name}}' }, {}, 'completeness', 'body'],
    ['email', email, { mentions: ['Grace'] }, 'consistency', 'body'],
    ['email', email, { opted_out: ['crew@example.org'] }, 'policy', 'to'],
    ['email', { ...email, body: 'Ada, 123-45-6789' }, {}, 'policy', 'body'],
    ['email', { ...email, subject: 'a\r\nBcc: b' }, {}, 'policy', 'subject'],
    ['sms', { ...sms, to: '555' }, {}, 'schema', 'to'],
    ['sms', { ...sms, body: '' }, {}, 'completeness', 'body'],
    ['sms', { ...sms, body: 'x'.repeat(161) }, {}, 'policy', 'body'],
    ['sms', { ...sms, body: 'Guaranteed work' }, {}, 'policy', 'body'],
    ['playbook', { ...playbook, steps: [{ id: 's' }] }, {}, 'schema', 'steps[0].action'],
    ['playbook', { ...playbook, steps: [] }, {}, 'completeness', 'steps'],
    ['playbook', { ...playbook, steps: [...playbook.steps].reverse() }, {}, 'consistency', 'steps[0].after'],
    [
      'playbook',
      { ...playbook, steps: [{ id: 's', action: 'delete_all' }] },
      {},
      'policy',
      'steps[0].action',
    ],
  ])('%s %# → %s', async (kind, artifact, context, expectedKind, field) => {
    const { status, body } = await validate({ kind, artifact, context })
    expect(status).toBe(422)
    expect(body).toEqual({ Kind: expectedKind, Field: field, Reason: expect.stringMatching(/\S/) })
  })

  it('counts characters, not UTF-16 units', async () => {
    expect((await validate({ kind: 'sms', artifact: { ...sms, body: '😀'.repeat(160) } })).status).toBe(200)
  })

  it('says the same in the tagged form [claim:wire-form]', async () => {
    expect(await validate({ kind: 'sms', artifact: { ...sms, body: '' } }, 'tagged')).toEqual({
      status: 422,
      body: { Completeness: { field: 'body', reason: 'is empty' } },
    })
  })
})

describe('malformed requests are 400 and no fault of the artifact', () => {
  it.each([
    ['an unknown kind', { kind: 'fax', artifact: {} }, 'kind'],
    ['no artifact', { kind: 'sms' }, 'artifact'],
    ['an unknown field', { kind: 'sms', artifact: sms, colour: 1 }, 'colour'],
    ['an unknown context', { kind: 'sms', artifact: sms, context: { colour: 1 } }, 'context.colour'],
  ])('%s', async (_what, body, field) => {
    const answer = await validate(body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ code: 'bad_request', field })
  })

  it('broken JSON', async () => {
    const app = buildApp({ wire: 'flat', policy, logger: false })
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/validate',
      payload: '{"kind":',
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error.message).toMatch(/JSON/)
  })
})
