import { match, smoke } from 'smokechain'
import { startCopy } from './support/copy.ts'

const VALID = {
  fill: {
    role: 'welder',
    location: 'Toledo, OH',
    count: 2,
    candidates: [
      { id: 'w1', name: 'Ada' },
      { id: 'w2', name: 'Grace' },
    ],
  },
  email: { to: ['crew@example.org'], subject: 'Monday shift', body: 'Ada starts at seven.' },
  sms: { to: '+15550100123', body: 'Ada starts at seven.' },
  playbook: {
    name: 'fill an order',
    steps: [
      { id: 'search', action: 'matrix.search' },
      { id: 'propose', action: 'fill', after: ['search'] },
    ],
  },
} as const

type Kind = keyof typeof VALID

/** What is changed about a valid artifact, the fault that follows, and the field it is about. */
const FAULTS: readonly (readonly [
  Kind,
  object,
  'Schema' | 'Completeness' | 'Consistency' | 'Policy',
  string,
  object?,
])[] = [
  ['fill', { count: 'two' }, 'Schema', 'count'],
  ['fill', { candidates: [{ id: 'w1', name: 'Ada' }] }, 'Completeness', 'candidates'],
  [
    'fill',
    {
      candidates: [
        { id: 'w1', name: 'Ada' },
        { id: 'w1', name: 'Ada' },
      ],
    },
    'Consistency',
    'candidates[1].id',
  ],
  ['fill', {}, 'Policy', 'candidates[0].id', { excluded: ['w1'] }],
  ['email', { to: ['nobody'] }, 'Schema', 'to[0]'],
  ['email', { subject: '' }, 'Completeness', 'subject'],
  ['email', {}, 'Consistency', 'body', { mentions: ['Grace'] }],
  ['email', { body: 'Ada, 123-45-6789' }, 'Policy', 'body'],
  ['sms', { to: '555' }, 'Schema', 'to'],
  ['sms', { body: '' }, 'Completeness', 'body'],
  ['sms', {}, 'Consistency', 'body', { mentions: ['Grace'] }],
  ['sms', { body: 'x'.repeat(161) }, 'Policy', 'body'],
  ['playbook', { steps: [{ id: 'search' }] }, 'Schema', 'steps[0].action'],
  ['playbook', { steps: [] }, 'Completeness', 'steps'],
  ['playbook', { steps: [{ id: 'a', action: 'fill', after: ['b'] }] }, 'Consistency', 'steps[0].after'],
  ['playbook', { steps: [{ id: 'a', action: 'delete_all' }] }, 'Policy', 'steps[0].action'],
]

export default smoke({
  title: 'validatord passes what is right, names what is wrong, and spells it in the configured wire form',
  why: 'an artifact that slips through is sent to people; a fault in an unknown spelling is taken for none',
  needs: ['validatord'],
  claims: ['wire-form'],
  budget: '20s',
  async run({ validatord, step, expect, stack, signal, dataDir, unique }) {
    const validate = (kind: string, artifact: unknown, context?: object) => ({
      kind,
      artifact,
      ...(context ? { context } : {}),
    })

    const checkFlat = async (): Promise<void> => {
      for (const [kind, artifact] of Object.entries(VALID)) {
        await step(`a valid ${kind} passes`, () =>
          validatord.post('/v1/validate', validate(kind, artifact), {
            status: 200,
            json: match.exactly({ valid: true, warnings: [] }),
          }),
        )
      }
      await step('what is odd but allowed passes with a warning', () =>
        validatord.post('/v1/validate', validate('email', { ...VALID.email, subject: 'x'.repeat(79) }), {
          status: 200,
          json: { valid: true, warnings: match.length(1) },
        }),
      )
      for (const [kind, change, fault, field, context] of FAULTS) {
        await step(`${kind}: ${fault} at ${field}`, () =>
          validatord.post('/v1/validate', validate(kind, { ...VALID[kind], ...change }, context), {
            status: 422,
            json: match.exactly({ Kind: fault.toLowerCase(), Field: field, Reason: match.string(/\S/) }),
          }),
        )
      }

      await step('malformed requests are 400 and no fault of an artifact', async () => {
        const refused = (field: string) => ({ status: 400, json: { error: { code: 'bad_request', field } } })
        await validatord.post('/v1/validate', validate('fax', {}), refused('kind'))
        await validatord.post('/v1/validate', { kind: 'sms' }, refused('artifact'))
        await validatord.post('/v1/validate', { ...validate('sms', VALID.sms), colour: 1 }, refused('colour'))
        await validatord.post(
          '/v1/validate',
          '{"kind":',
          { status: 400, json: { error: { code: match.string() } } },
          { headers: { 'content-type': 'application/json' } },
        )
      })
    }
    // Side by side: another instance takes a moment to start.
    await Promise.all([
      step('another instance, configured for the tagged form, says the same in that form', async () => {
        const tagged = await startCopy(
          stack.describe('validatord'),
          '[validatord]\nbind = "127.0.0.1:0"\nwire = "tagged"\n',
          { dataDir, name: unique('tagged'), signal },
        )
        try {
          for (const [kind, change, fault, field, context] of FAULTS) {
            const answer = await fetch(`${tagged.url}/v1/validate`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(validate(kind, { ...VALID[kind], ...change }, context)),
            })
            expect(`the status of ${kind} ${fault}`, answer.status, 422)
            expect(
              `the body of ${kind} ${fault}`,
              await answer.json(),
              match.exactly({ [fault]: { field, reason: match.string(/\S/) } }),
            )
          }
        } finally {
          await tagged.stop()
        }
      }),
      checkFlat(),
    ])
  },
})
