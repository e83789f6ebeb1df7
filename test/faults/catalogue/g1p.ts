import { alters, answer, answers, plus, reversed, times, to } from '../change.ts'
import { faultsOf } from '../fault.ts'

export const g1p = faultsOf('g1p', {
  'never-written': {
    daemon: 'storaged',
    what: 'loses what vectord has written',
    breaks: [
      {
        route: 'PUT /v1/objects/vectord*',
        instead: (request) => answer(200, { key: 'vectord', size: request.body.length, sha256: '' }),
      },
    ],
  },
  'loses-the-last': {
    daemon: 'vectord',
    what: 'loses the last acknowledged item at kill -9',
    breaks: [
      { ...answers('GET /v1/indexes/*/items/last', 404, { error: { code: 'item_not_found' } }), from: 2 },
    ],
  },
  'counts-fewer': {
    daemon: 'vectord',
    what: 'comes back with an item fewer',
    breaks: [{ ...alters('GET /v1/indexes/*', 'count', plus(-1)), from: 2 }],
  },
  'other-order': {
    daemon: 'vectord',
    what: 'gives the same results in another order after kill -9',
    breaks: [{ ...alters('POST /v1/indexes/*/search', 'results', reversed), from: 2 }],
  },
  'other-scores': {
    daemon: 'vectord',
    what: 'gives other scores after kill -9',
    breaks: [{ ...alters('POST /v1/indexes/*/search', 'results.*.score', times(1.000_1)), from: 2 }],
  },
  'old-metadata': {
    daemon: 'vectord',
    what: 'comes back with the old metadata of an item that was replaced',
    breaks: [{ ...alters('GET /v1/indexes/*/items/item-0', 'metadata', to({ batch: 0 })), from: 2 }],
  },
  undeletes: {
    daemon: 'vectord',
    what: 'brings back a deleted item at kill -9',
    breaks: [{ ...answers('GET /v1/indexes/*/items/item-7', 200, { id: 'item-7' }), from: 2 }],
  },
  'read-only': {
    daemon: 'vectord',
    what: 'takes no new items after kill -9',
    breaks: [{ ...answers('POST /v1/indexes/*/items', 503, { error: { code: 'read_only' } }), from: 2 }],
  },
  'forgets-on-sigterm': {
    daemon: 'vectord',
    what: 'loses an item at a graceful restart',
    breaks: [
      { ...answers('GET /v1/indexes/*/items/after', 404, { error: { code: 'item_not_found' } }), from: 3 },
    ],
  },
})
