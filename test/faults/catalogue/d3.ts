import { alters, answer, answers, list, plus, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

export const d3 = faultsOf('d3', {
  'two-of-a-name': {
    daemon: 'catalogd',
    what: 'gives a dataset another id at every registration',
    breaks: [
      {
        route: 'POST /v1/datasets',
        reply: (reply) => ({
          ...reply,
          body: Buffer.from(reply.body.toString().replace(/"id":"[^"]+"/, `"id":"${crypto.randomUUID()}"`)),
        }),
      },
    ],
  },
  'takes-drift': {
    daemon: 'catalogd',
    what: 'takes other columns for a known dataset',
    breaks: [turns('POST /v1/datasets', 409, 200, { id: 'the same', added_objects: [] })],
  },
  'vague-drift': {
    daemon: 'catalogd',
    what: 'refuses drift without naming the columns',
    breaks: [alters('POST /v1/datasets', 'error.columns', to([]))],
  },
  'adds-twice': {
    daemon: 'catalogd',
    what: 'adds the same object once more',
    breaks: [
      alters(
        'GET /v1/datasets/*',
        'objects',
        list((items) => [...items, items.at(-1)]),
      ),
    ],
  },
  'lists-nothing': {
    daemon: 'catalogd',
    what: 'leaves a dataset out of the list',
    breaks: [alters('GET /v1/datasets', 'datasets', to([]))],
  },
  'counts-no-version': {
    daemon: 'catalogd',
    what: 'counts a version for a registration that changes nothing',
    breaks: [
      {
        route: 'POST /v1/datasets',
        reply: (reply) => {
          if (reply.status !== 200) return reply
          const value = JSON.parse(reply.body.toString())
          return answer(200, { ...value, version: plus(1)(value.version) })
        },
      },
    ],
  },
  'keeps-deleted': {
    daemon: 'catalogd',
    what: 'acknowledges a deletion and keeps the dataset',
    breaks: [answers('DELETE /v1/datasets/*', 200, { deleted: true, id: 'the same' })],
  },
  'never-written': {
    daemon: 'storaged',
    what: 'loses the manifest that catalogd has written',
    breaks: [
      {
        route: 'PUT /v1/objects/catalog*',
        instead: (request) => answer(200, { key: 'catalog', size: request.body.length, sha256: '' }),
      },
    ],
  },
  forgets: {
    daemon: 'catalogd',
    what: 'knows no dataset any more after kill -9',
    breaks: [{ ...answers('GET /v1/datasets/*', 404, { error: { code: 'not_found' } }), from: 2 }],
  },
  'drifts-after-restart': {
    daemon: 'catalogd',
    what: 'takes drift after kill -9',
    breaks: [{ ...turns('POST /v1/datasets', 409, 200, { added_objects: [] }), from: 2 }],
  },
})
