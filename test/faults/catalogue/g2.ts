import { alters, list, mangles, reversed, times, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const EMBED = 'POST /v1/embed'

export const g2 = faultsOf('g2', {
  'longer-vectors': {
    daemon: 'embedd',
    what: 'gives vectors that are not of unit length',
    breaks: [alters(EMBED, 'vectors.*.*', times(1.01))],
  },
  'other-every-time': {
    daemon: 'embedd',
    what: 'gives another vector at every call',
    breaks: [
      {
        route: EMBED,
        reply: (reply, request, memory) => {
          const calls = Number(memory.get('calls') ?? 0) + 1
          memory.set('calls', calls)
          const sign = calls % 2 === 0 ? -1 : 1
          return alters(EMBED, 'vectors.*.*', times(sign)).reply?.(reply, request, memory) ?? reply
        },
      },
    ],
  },
  'no-cache': {
    daemon: 'embedd',
    what: 'counts no hit of its cache',
    breaks: [alters(EMBED, 'cache_hits', to(0))],
  },
  'mixed-batch': {
    daemon: 'embedd',
    what: 'gives the vectors of a batch in another order',
    breaks: [alters(EMBED, 'vectors', reversed)],
  },
  'one-for-all': {
    daemon: 'embedd',
    what: 'gives every text the same vector',
    breaks: [
      mangles(
        EMBED,
        'texts',
        list((texts) => texts.map((text) => (typeof text === 'string' ? text.trim() && 'same' : text))),
      ),
    ],
  },
  'any-model': {
    daemon: 'embedd',
    what: 'takes an unknown model for its own',
    breaks: [turns(EMBED, 404, 200, { vectors: [[1]] })],
  },
  'takes-blank': {
    daemon: 'embedd',
    what: 'embeds blank texts',
    breaks: [turns(EMBED, 400, 200, { vectors: [] })],
  },
  'wrong-neighbour': {
    daemon: 'vectord',
    what: 'gives the furthest text for the nearest',
    breaks: [
      mangles(
        'POST /v1/indexes/*/search',
        'vector',
        list((numbers) => numbers.map((n) => -Number(n))),
      ),
    ],
  },
})
