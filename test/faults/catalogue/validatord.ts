import { alters, answer, mangles, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const VALIDATE = 'POST /v1/validate'

export const validatord = faultsOf('validatord', {
  'passes-everything': {
    daemon: 'validatord',
    what: 'passes every artifact',
    breaks: [turns(VALIDATE, 422, 200, { valid: true, warnings: [] })],
  },
  'refuses-the-valid': {
    daemon: 'validatord',
    what: 'refuses a valid message',
    breaks: [mangles(VALIDATE, 'artifact.body', (body) => (body === 'Ada starts at seven.' ? '' : body))],
  },
  'no-warnings': {
    daemon: 'validatord',
    what: 'gives no warning',
    breaks: [alters(VALIDATE, 'warnings', to([]))],
  },
  'wrong-kind': {
    daemon: 'validatord',
    what: 'calls every fault one of the schema',
    breaks: [alters(VALIDATE, 'Kind', to('schema'))],
  },
  'wrong-field': {
    daemon: 'validatord',
    what: 'names the artifact in place of the field',
    breaks: [alters(VALIDATE, 'Field', to('artifact'))],
  },
  'no-reason': {
    daemon: 'validatord',
    what: 'gives no reason',
    breaks: [alters(VALIDATE, 'Reason', to(''))],
  },
  'capital-kinds': {
    daemon: 'validatord',
    what: 'spells the kinds of the flat form with a capital',
    breaks: [
      alters(VALIDATE, 'Kind', (kind) => {
        const text = String(kind)
        return text.slice(0, 1).toUpperCase() + text.slice(1)
      }),
    ],
  },
  'one-form': {
    daemon: 'validatord',
    what: 'speaks the flat form, whatever is configured',
    breaks: [
      {
        route: VALIDATE,
        reply: (reply) => {
          const value: Record<string, unknown> = JSON.parse(reply.body.toString())
          const [kind, ...more] = Object.keys(value)
          const inner = kind === undefined ? undefined : value[kind]
          if (reply.status !== 422 || more.length > 0 || typeof inner !== 'object' || inner === null)
            return reply
          const { field, reason } = inner as { field?: unknown; reason?: unknown }
          return answer(422, { Kind: kind?.toLowerCase(), Field: field, Reason: reason })
        },
      },
    ],
  },
  'malformed-is-a-fault': {
    daemon: 'validatord',
    what: 'takes a malformed request for a faulty artifact',
    breaks: [turns(VALIDATE, 400, 422, { Kind: 'schema', Field: 'kind', Reason: 'unknown' })],
  },
  'blind-to-policy': {
    daemon: 'validatord',
    what: 'ignores who is excluded',
    breaks: [mangles(VALIDATE, 'context.excluded', to([]))],
  },
})
