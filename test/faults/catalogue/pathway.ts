import { alters, answers, changeAnswer, changeBody, list, plus, reversed, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const SEARCH = 'POST /v1/traces/search'

export const pathway = faultsOf('pathway', {
  'adds-twice': {
    daemon: 'pathwayd',
    what: 'makes a second trace of the same content',
    breaks: [
      {
        route: 'POST /v1/traces',
        send: changeBody('content', (text) => (text === ' ' ? text : `${String(text)} ${Math.random()}`)),
        // It does not show: the answer has the content that was sent.
        reply: (reply, request) =>
          changeAnswer('content', to(JSON.parse(request.body.toString()).content))(reply),
      },
    ],
  },
  'counts-no-replay': {
    daemon: 'pathwayd',
    what: 'counts no replay',
    breaks: [alters('POST /v1/traces', 'replays', to(0))],
  },
  'finds-nothing': {
    daemon: 'pathwayd',
    what: 'finds nothing',
    breaks: [alters(SEARCH, 'results', to([]))],
  },
  'finds-superseded': {
    daemon: 'pathwayd',
    what: 'finds a trace that was superseded',
    breaks: [
      {
        route: 'POST /v1/traces',
        reply: (reply, _request, memory) => {
          if (!memory.has('first')) memory.set('first', JSON.parse(reply.body.toString()).id)
          return reply
        },
      },
      {
        route: SEARCH,
        reply: (reply, request, memory) => {
          const withFirst = list((results) => [...results, { id: memory.get('first') }])
          return alters(SEARCH, 'results', withFirst).reply?.(reply, request, memory) ?? reply
        },
      },
    ],
  },
  'finds-retired': {
    daemon: 'pathwayd',
    what: 'acknowledges RETIRE and goes on finding the trace',
    breaks: [answers('POST /v1/traces/*/retire', 200, { status: 'retired', retired_reason: 'outdated' })],
  },
  'closes-cycles': {
    daemon: 'pathwayd',
    what: 'takes a revision that closes a cycle',
    breaks: [turns('POST /v1/traces/*/revise', 409, 200, {})],
  },
  'newest-first': {
    daemon: 'pathwayd',
    what: 'tells a history newest first',
    breaks: [alters('GET /v1/traces/*/history', 'events', reversed)],
  },
  'forgets-history': {
    daemon: 'pathwayd',
    what: 'leaves the first event out of a history',
    breaks: [
      alters(
        'GET /v1/traces/*/history',
        'events',
        list((events) => events.slice(1)),
      ),
    ],
  },
  'no-version': {
    daemon: 'pathwayd',
    what: 'does not count an update',
    breaks: [alters('PATCH /v1/traces/*', 'version', plus(-1))],
  },
  forgets: {
    daemon: 'pathwayd',
    what: 'forgets what it has acknowledged when it is killed',
    forgets: 'data',
  },
})
