import { alters, answer, answers, dropParameter, plus, reversed, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const LIST = 'GET /v1/events'
const POST = 'POST /v1/events'

export const observer = faultsOf('observer', {
  'stores-nothing': {
    daemon: 'observerd',
    what: 'acknowledges a batch and stores none of it',
    breaks: [
      {
        route: POST,
        when: (request) => request.body.toString().startsWith('['),
        instead: (request) => {
          const events: { id: string }[] = JSON.parse(request.body.toString())
          const stored = events.map(({ id }, i) => ({ id, seq: 1_000 + i }))
          return answer(201, { stored: events.length, duplicates: 0, events: stored })
        },
      },
    ],
  },
  'newest-first': {
    daemon: 'observerd',
    what: 'lists events newest first',
    breaks: [alters(LIST, 'events', reversed)],
  },
  'loses-payloads': {
    daemon: 'observerd',
    what: 'loses the payloads',
    breaks: [alters(LIST, 'events.*.payload', to({}))],
  },
  'repeats-a-page': {
    daemon: 'observerd',
    what: 'begins every page with the first event',
    breaks: [{ route: LIST, send: dropParameter('after') }],
  },
  'ignores-kind': {
    daemon: 'observerd',
    what: 'ignores the filter by kind',
    breaks: [{ route: LIST, send: dropParameter('kind') }],
  },
  'wrong-total': {
    daemon: 'observerd',
    what: 'counts one event too many in all',
    breaks: [alters('GET /v1/events/stats', 'total', plus(1))],
  },
  'wrong-count': {
    daemon: 'observerd',
    what: 'counts one event too many of every source',
    breaks: [
      alters('GET /v1/events/stats', 'by_source.*', plus(1)),
      alters('GET /v1/events/stats', 'by_kind.tick', plus(1)),
      alters('GET /v1/events/stats', 'total', plus(1)),
    ],
  },
  'counts-twice': {
    daemon: 'observerd',
    what: 'stores a duplicate as a further event',
    breaks: [
      {
        route: POST,
        send: (request, memory) => {
          const text = request.body.toString()
          const seen = memory.get(text) === true
          memory.set(text, true)
          return seen ? { ...request, body: Buffer.from(text.replace(/-1"/, '-1-again"')) } : request
        },
      },
    ],
  },
  overwrites: {
    daemon: 'observerd',
    what: 'takes another event under a known id',
    breaks: [turns(POST, 409, 200, { duplicate: true })],
  },
  'half-a-batch': {
    daemon: 'observerd',
    what: 'takes a batch with a bad event in it',
    breaks: [turns(POST, 400, 201, { stored: 1 })],
  },
  forgets: {
    daemon: 'observerd',
    what: 'forgets what it has acknowledged when it is killed',
    forgets: 'data',
  },
  'forgets-ids': {
    daemon: 'observerd',
    what: 'takes a duplicate for a new event after kill -9',
    breaks: [{ ...answers(POST, 201, { duplicate: false }), from: 2 }],
  },
})
