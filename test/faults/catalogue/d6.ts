import { alters, answers, gone, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

export const d6 = faultsOf('d6', {
  'wrong-byte': {
    daemon: 'gateway',
    what: 'changes one byte of an upload',
    breaks: [
      {
        route: 'PUT /v1/objects/*',
        send: (request) => ({
          ...request,
          body: Buffer.concat([request.body.subarray(0, -1), Buffer.from('!')]),
        }),
      },
    ],
  },
  'drops-request-id': {
    daemon: 'gateway',
    what: 'gives a request another id than the one it came with',
    breaks: [
      {
        route: 'GET /v1/datasets',
        reply: (reply) => ({ ...reply, headers: { ...reply.headers, 'x-request-id': 'of-my-own-making' } }),
      },
    ],
  },
  'no-request-id': {
    daemon: 'gateway',
    what: 'gives no id to a request without one',
    breaks: [
      {
        route: 'GET /v1/datasets',
        when: (request) => request.headers['x-request-id'] === undefined,
        reply: ({ status, body, headers: { 'x-request-id': _, ...headers } }) => ({ status, headers, body }),
      },
    ],
  },
  'unnamed-upstream': {
    daemon: 'gateway',
    what: 'does not say which daemon is down',
    breaks: [alters('POST /v1/sql', 'error.upstream', gone)],
  },
  'blames-itself': {
    daemon: 'gateway',
    what: 'answers 500 when a daemon behind it is down',
    breaks: [turns('POST /v1/sql', 502, 500)],
  },
  'hides-refusals': {
    daemon: 'gateway',
    what: "turns an owner's refusal into an error of its own",
    breaks: [turns('GET /v1/objects/*', 400, 502, { error: { code: 'bad_gateway' } })],
  },
  'any-door': {
    daemon: 'gateway',
    what: 'answers 200 at a door that it does not have',
    breaks: [answers('GET /v1/nothing', 200, {})],
  },
  'all-is-well': {
    daemon: 'gateway',
    what: 'reports a daemon that is down as up',
    breaks: [
      alters('GET /v1/health', 'services.queryd.status', to('ok')),
      alters('GET /v1/health', 'status', to('ok')),
    ],
  },
  'stays-down': {
    daemon: 'gateway',
    what: 'keeps a door closed when its daemon is back',
    breaks: [
      {
        route: 'POST /v1/sql',
        reply: (reply, _request, memory) => {
          if (reply.status === 502) memory.set('down', reply)
          const down = memory.get('down')
          return down === undefined ? reply : { ...reply, status: 502 }
        },
      },
    ],
  },
})
