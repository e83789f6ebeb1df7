import { alters, answer, list, mangles, plus, to } from '../change.ts'
import { faultsOf } from '../fault.ts'

const SEARCH = 'POST /v1/matrix/search'

export const playbook = faultsOf('playbook', {
  'records-nothing': {
    daemon: 'matrixd',
    what: 'acknowledges a success and does not record it',
    breaks: [
      {
        route: 'POST /v1/playbooks',
        instead: (request) => answer(201, { id: 'p-1', ...JSON.parse(request.body.toString()) }),
      },
    ],
  },
  'lifts-nothing': {
    daemon: 'matrixd',
    what: 'records a success and lifts nothing for it',
    breaks: [alters(SEARCH, 'results.*.provenance.boost', to(0))],
  },
  'lifts-everything': {
    daemon: 'matrixd',
    what: 'lifts every item',
    breaks: [alters(SEARCH, 'results.*.provenance.boost', plus(0.1))],
  },
  'lifts-in-name': {
    daemon: 'matrixd',
    what: 'tells of a lift and leaves the item where it was',
    breaks: [
      alters(
        SEARCH,
        'results',
        list((results) => [...results].sort((a, b) => own(b) - own(a))),
      ),
    ],
  },
  'hides-the-rest': {
    daemon: 'matrixd',
    what: 'hides an item behind the one that it lifts',
    breaks: [
      alters(
        SEARCH,
        'results',
        list((results) => (results.some(isLifted) ? results.slice(0, -1) : results)),
      ),
    ],
  },
  'unnamed-record': {
    daemon: 'matrixd',
    what: 'does not say which record has lifted an item',
    breaks: [alters(SEARCH, 'results.*.provenance.playbooks', to([]))],
  },
  'ignores-failures': {
    daemon: 'matrixd',
    what: 'takes a failure for a success',
    breaks: [
      mangles('POST /v1/playbooks', 'outcome', (outcome) => (outcome === 'failure' ? 'success' : outcome)),
      alters('POST /v1/playbooks', 'outcome', (outcome) => outcome),
    ],
  },
  'lifts-for-any-query': {
    daemon: 'matrixd',
    what: 'lifts an item for a query that has nothing to do with it',
    breaks: [
      mangles(SEARCH, 'query', (query) =>
        String(query).includes('invoices') ? 'welder for structural steel, night shift, Toledo' : query,
      ),
    ],
  },
  forgets: {
    daemon: 'matrixd',
    what: 'forgets what it has acknowledged when it is killed',
    forgets: 'data',
  },
  'takes-any-outcome': {
    daemon: 'matrixd',
    what: 'takes an outcome that does not exist',
    breaks: [
      mangles('POST /v1/playbooks', 'outcome', (outcome) => (outcome === 'maybe' ? 'success' : outcome)),
    ],
  },
})

interface Result {
  readonly provenance?: { readonly boost?: number; readonly score?: number }
}
const provenanceOf = (result: unknown) => (result as Result).provenance
const isLifted = (result: unknown): boolean => (provenanceOf(result)?.boost ?? 0) > 0
const own = (result: unknown): number => provenanceOf(result)?.score ?? 0
