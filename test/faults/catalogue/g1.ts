import { alters, answer, answers, gone, list, mangles, plus, reversed, times, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const SEARCH = 'POST /v1/indexes/*/search'
const ITEMS = 'POST /v1/indexes/*/items'

export const g1 = faultsOf('g1', {
  'furthest-first': {
    daemon: 'vectord',
    what: 'gives the furthest first',
    breaks: [alters(SEARCH, 'results', reversed)],
  },
  'misses-nearest': {
    daemon: 'vectord',
    what: 'misses the nearest',
    breaks: [
      alters(
        SEARCH,
        'results',
        list((items) => items.slice(1)),
      ),
    ],
  },
  'wrong-scores': {
    daemon: 'vectord',
    what: 'gives a distance for a score',
    breaks: [alters(SEARCH, 'results.*.score', (score) => 1 - Number(score))],
  },
  'ignores-k': {
    daemon: 'vectord',
    what: 'gives more than k',
    breaks: [mangles(SEARCH, 'k', plus(1))],
  },
  'ignores-filter': {
    daemon: 'vectord',
    what: 'ignores the filter',
    breaks: [mangles(SEARCH, 'filter', gone)],
  },
  'keeps-deleted': {
    daemon: 'vectord',
    what: 'acknowledges a deletion and finds the item still',
    breaks: [answers('DELETE /v1/indexes/*/items/*', 200, { deleted: 1, count: 3 })],
  },
  'keeps-old': {
    daemon: 'vectord',
    what: 'keeps the old vector of an item that is added again',
    breaks: [
      {
        route: ITEMS,
        when: (request) => request.body.toString().includes('0.99'),
        instead: () => answer(200, { inserted: 0, updated: 1, count: 4 }),
      },
    ],
  },
  'takes-other-parameters': {
    daemon: 'vectord',
    what: 'takes a known name with other parameters',
    breaks: [turns('POST /v1/indexes', 409, 200, { count: 0 })],
  },
  'takes-any-dimension': {
    daemon: 'vectord',
    what: 'takes a vector of another dimension',
    breaks: [turns(ITEMS, 400, 200, { inserted: 1 })],
  },
  'half-a-batch': {
    daemon: 'vectord',
    what: 'keeps the good half of a batch that it refuses',
    breaks: [alters('GET /v1/indexes/*', 'count', plus(1))],
  },
  'one-metric': {
    daemon: 'vectord',
    what: 'measures every index by the dot product',
    breaks: [mangles('POST /v1/indexes', 'metric', (metric) => (metric === 'l2' ? 'dot' : metric))],
  },
  'creates-unknown': {
    daemon: 'vectord',
    what: 'finds nothing in an index that does not exist',
    breaks: [turns(SEARCH, 404, 200, { results: [] })],
  },
  'scaled-scores': {
    daemon: 'vectord',
    what: 'scales its scores',
    breaks: [alters(SEARCH, 'results.*.score', times(0.99))],
  },
  'loses-metadata': {
    daemon: 'vectord',
    what: 'loses the metadata of its items',
    breaks: [alters(SEARCH, 'results.*.metadata', to({}))],
  },
})
