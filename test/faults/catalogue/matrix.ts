import { alters, changeBody, gone, list, mangles, plus, reversed, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const SEARCH = 'POST /v1/matrix/search'
const isUnknown = (name: unknown): boolean => String(name).endsWith('_no')

export const matrix = faultsOf('matrix', {
  'worst-first': {
    daemon: 'matrixd',
    what: 'gives the merged list worst first',
    breaks: [alters(SEARCH, 'results', reversed)],
  },
  'one-after-the-other': {
    daemon: 'matrixd',
    what: 'lists one corpus after the other in place of merging them',
    breaks: [
      alters(
        SEARCH,
        'results',
        list((results) => [...results].sort((a, b) => corpusOf(a).localeCompare(corpusOf(b)))),
      ),
    ],
  },
  'first-corpus-only': {
    daemon: 'matrixd',
    what: 'asks only the first corpus',
    breaks: [
      mangles(
        SEARCH,
        'corpora',
        list((names) => names.slice(0, 1)),
      ),
    ],
  },
  'no-provenance': {
    daemon: 'matrixd',
    what: 'does not say where a result is from',
    breaks: [alters(SEARCH, 'results.*.provenance', to({}))],
  },
  'wrong-provenance': {
    daemon: 'matrixd',
    what: 'names another corpus than the one a result is from',
    breaks: [alters(SEARCH, 'results.*.provenance.corpus', to('elsewhere'))],
  },
  'other-scores': {
    daemon: 'matrixd',
    what: 'gives scores that are not those of the corpus',
    breaks: [alters(SEARCH, 'results.*.score', plus(0.01))],
  },
  'ignores-k': {
    daemon: 'matrixd',
    what: 'gives more than k',
    breaks: [mangles(SEARCH, 'k', (k) => (k === 2 ? 3 : k)), alters(SEARCH, 'k', (k) => (k === 3 ? 2 : k))],
  },
  'ignores-filter': {
    daemon: 'matrixd',
    what: 'ignores the filter',
    breaks: [mangles(SEARCH, 'filter', gone)],
  },
  'skips-unknown': {
    daemon: 'matrixd',
    what: 'leaves out an unknown corpus in silence',
    breaks: [
      {
        route: SEARCH,
        send: changeBody(
          'corpora',
          list((names) => names.filter((name) => !isUnknown(name))),
        ),
      },
    ],
  },
  'unnamed-corpus': {
    daemon: 'matrixd',
    what: 'does not say which corpus is unknown',
    breaks: [alters(SEARCH, 'error.corpus', gone)],
  },
  'takes-nothing': {
    daemon: 'matrixd',
    what: 'searches in no corpus at all',
    breaks: [turns(SEARCH, 400, 200, { results: [] })],
  },
})

function corpusOf(result: unknown): string {
  return typeof result === 'object' && result !== null ? String(Reflect.get(result, 'corpus')) : ''
}
