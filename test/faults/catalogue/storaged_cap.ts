import { answer, dropParameter, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const sizeOf = (length: string | undefined): number => Number(length ?? 0)
const CAP = 256 * 2 ** 20

export const storagedCap = faultsOf('storaged_cap', {
  'reads-it-all': {
    daemon: 'storaged',
    what: 'reads a body that is declared as too large to its end before it answers',
    breaks: [
      {
        route: 'PUT /v1/objects/*/declared',
        reply: (reply) => reply,
      },
    ],
  },
  'smaller-cap': {
    daemon: 'storaged',
    what: 'takes less than 256 MiB',
    breaks: [
      {
        route: 'PUT /v1/objects/*/largest',
        drains: true,
        when: (request) => sizeOf(request.headers['content-length']) >= CAP,
        instead: () => answer(413, { error: { code: 'too_large' } }),
      },
    ],
  },
  'no-cap-for-chunks': {
    daemon: 'storaged',
    what: 'has no cap for a chunked body',
    breaks: [
      {
        route: 'PUT /v1/objects/*/chunked',
        drains: true,
        instead: () => answer(200, { size: 257 * 2 ** 20 }),
      },
    ],
  },
  'keeps-the-refused': {
    daemon: 'storaged',
    what: 'keeps what it has read of a body that grows past the cap',
    breaks: [turns('GET /v1/objects/*/chunked', 404, 200, { size: CAP })],
  },
  'queues-the-fifth': {
    daemon: 'storaged',
    what: 'takes a fifth upload at once',
    breaks: [turns('PUT /v1/objects/*/fifth', 503, 200, { size: 1 })],
  },
  'no-time-to-come-back': {
    daemon: 'storaged',
    what: 'does not say when the fifth may come back',
    breaks: [
      {
        route: 'PUT /v1/objects/*/fifth',
        reply: ({ status, body, headers: { 'retry-after': _, ...headers } }) => ({ status, headers, body }),
      },
    ],
  },
  'keeps-the-slots': {
    daemon: 'storaged',
    what: 'does not give a slot back',
    breaks: [
      {
        route: 'PUT /v1/objects/*/after',
        instead: () => answer(503, { error: { code: 'too_many_uploads' } }),
      },
    ],
  },
  'loses-one-of-four': {
    daemon: 'storaged',
    what: 'loses one of four uploads that run at once',
    breaks: [
      {
        route: 'PUT /v1/objects/*/slot-2',
        instead: (request) => answer(200, { size: request.body.length }),
      },
    ],
  },
  'lists-more': {
    daemon: 'storaged',
    what: 'lists more keys than the cap allows',
    breaks: [{ route: 'GET /v1/objects', send: dropParameter('limit') }],
  },
  'first-page-again': {
    daemon: 'storaged',
    what: 'gives the first page again for the next',
    breaks: [{ route: 'GET /v1/objects', send: dropParameter('after') }],
  },
})
