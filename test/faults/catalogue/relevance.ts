import { alters, gone, list, mangles, plus, reversed, times, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const RELEVANCE = 'POST /v1/matrix/relevance'

export const relevance = faultsOf('relevance', {
  'keeps-everything': {
    daemon: 'matrixd',
    what: 'keeps every chunk, whatever the threshold',
    breaks: [mangles(RELEVANCE, 'threshold', (threshold) => (Number(threshold) > 1 ? threshold : -1))],
  },
  'drops-in-silence': {
    daemon: 'matrixd',
    what: 'does not tell what it has dropped',
    breaks: [alters(RELEVANCE, 'dropped', to([]))],
  },
  'worst-first': {
    daemon: 'matrixd',
    what: 'gives the least relevant chunk first',
    breaks: [alters(RELEVANCE, 'kept', reversed)],
  },
  'wrong-scale': {
    daemon: 'matrixd',
    what: 'gives scores in percent',
    breaks: [alters(RELEVANCE, 'kept.*.score', times(100))],
  },
  'other-texts': {
    daemon: 'matrixd',
    what: 'gives back another text than the chunk had',
    breaks: [alters(RELEVANCE, 'kept.*.text', to('…'))],
  },
  'wrong-places': {
    daemon: 'matrixd',
    what: 'counts the places of the chunks from 1',
    breaks: [alters(RELEVANCE, 'kept.*.index', plus(1))],
  },
  'no-default': {
    daemon: 'matrixd',
    what: 'keeps everything when no threshold is given',
    breaks: [
      {
        route: RELEVANCE,
        when: (request) => !request.body.includes('threshold'),
        send: (request) => ({
          ...request,
          body: Buffer.from(request.body.toString().replace(/\}$/, ',"threshold":-1}')),
        }),
      },
    ],
  },
  'drops-at-threshold': {
    daemon: 'matrixd',
    what: 'drops a chunk that lies exactly at the threshold',
    breaks: [
      mangles(RELEVANCE, 'threshold', (threshold) =>
        Number(threshold) > 0 && Number(threshold) < 0.9 ? Number(threshold) + 1e-9 : threshold,
      ),
    ],
  },
  'takes-any-threshold': {
    daemon: 'matrixd',
    what: 'takes a threshold beyond 1',
    breaks: [turns(RELEVANCE, 400, 200, { kept: [] })],
  },
  'drops-one': {
    daemon: 'matrixd',
    what: 'loses a chunk altogether',
    breaks: [
      mangles(
        RELEVANCE,
        'chunks',
        list((chunks) => (chunks.length > 1 ? chunks.slice(1) : chunks)),
      ),
    ],
  },
  'no-field': {
    daemon: 'matrixd',
    what: 'refuses a request without naming the field',
    breaks: [alters(RELEVANCE, 'error.field', gone)],
  },
})
