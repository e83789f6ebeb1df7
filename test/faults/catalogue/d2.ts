import { createHash } from 'node:crypto'
import { alters, answer, answers, dropParameter, reversed, to, turns } from '../change.ts'
import { faultsOf, type Seen } from '../fault.ts'

const keyOf = (request: Seen): string =>
  decodeURIComponent(request.url.split('?')[0]?.replace('/v1/objects/', '') ?? '')

export const d2 = faultsOf('d2', {
  'stores-nothing': {
    daemon: 'storaged',
    what: 'acknowledges an object and does not store it',
    breaks: [
      {
        route: 'PUT /v1/objects/*.txt',
        instead: (request) =>
          answer(200, {
            key: keyOf(request),
            size: request.body.length,
            sha256: createHash('sha256').update(request.body).digest('hex'),
          }),
      },
    ],
  },
  'wrong-byte': {
    daemon: 'storaged',
    what: 'gives back one wrong byte',
    breaks: [
      {
        route: 'GET /v1/objects/*/binary',
        reply: (reply) => ({ ...reply, body: Buffer.concat([reply.body.subarray(0, -1), Buffer.of(0)]) }),
      },
    ],
  },
  'wrong-hash': {
    daemon: 'storaged',
    what: 'acknowledges an object with the hash of another',
    breaks: [alters('PUT /v1/objects/*', 'sha256', to(createHash('sha256').update('other').digest('hex')))],
  },
  'no-overwrite': {
    daemon: 'storaged',
    what: 'keeps the old bytes of an object that is written again',
    breaks: [
      {
        route: 'PUT /v1/objects/*/note.txt',
        when: (request) => request.body.toString() === 'bye',
        instead: (request) => answer(200, { key: keyOf(request), size: 3 }),
      },
    ],
  },
  'no-delete': {
    daemon: 'storaged',
    what: 'acknowledges a deletion and keeps the object',
    breaks: [answers('DELETE /v1/objects/*', 200, { deleted: true })],
  },
  'unordered-list': {
    daemon: 'storaged',
    what: 'lists keys in the wrong order',
    breaks: [alters('GET /v1/objects', 'objects', reversed)],
  },
  'ignores-prefix': {
    daemon: 'storaged',
    what: 'lists keys of other prefixes',
    breaks: [{ route: 'GET /v1/objects', send: dropParameter('prefix') }],
  },
  'ignores-limit': {
    daemon: 'storaged',
    what: 'ignores the limit of a listing',
    breaks: [{ route: 'GET /v1/objects', send: dropParameter('limit') }],
  },
  escapes: {
    daemon: 'storaged',
    what: 'takes a key with ".." in it',
    breaks: [turns('PUT /v1/objects/*..*', 400, 200, { size: 1 })],
  },
  ghosts: {
    daemon: 'storaged',
    what: 'answers 200 for an object that never was',
    breaks: [turns('GET /v1/objects/*/never', 404, 200, {})],
  },
  forgets: {
    daemon: 'storaged',
    what: 'forgets what it has acknowledged when it is killed',
    forgets: 'store.root',
  },
})
