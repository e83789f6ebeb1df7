import { alters, changeAt, gone, list, mangles, plus, reversed, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const RUN = 'POST /v1/workflows'

export const workflow = faultsOf('workflow', {
  'as-written': {
    daemon: 'observerd',
    what: 'runs nodes in the order in which they are written',
    breaks: [alters(RUN, 'order', reversed)],
  },
  'too-early': {
    daemon: 'observerd',
    what: 'begins a node before its needs have ended',
    breaks: [alters(RUN, 'nodes.start.ms', plus(100))],
  },
  'hands-nothing-on': {
    daemon: 'observerd',
    what: 'does not fill in the outputs of other nodes',
    breaks: [alters(RUN, 'nodes.left.output', to({ n: '{{start.n}}' }))],
  },
  'keeps-no-record': {
    daemon: 'observerd',
    what: 'keeps no record of a run',
    breaks: [alters('GET /v1/workflows/*', 'nodes', to({}))],
  },
  'skips-too-much': {
    daemon: 'observerd',
    what: 'skips every node after one has failed',
    breaks: [alters(RUN, 'nodes', skipAll)],
  },
  'goes-on': {
    daemon: 'observerd',
    what: 'runs a node whose need has failed',
    breaks: [alters(RUN, 'nodes.after.status', (status) => (status === 'skipped' ? 'ok' : status))],
  },
  'fails-in-silence': {
    daemon: 'observerd',
    what: 'calls a run with a failed node a success',
    breaks: [alters(RUN, 'status', to('ok'))],
  },
  'vague-failure': {
    daemon: 'observerd',
    what: 'does not say why a node has failed',
    breaks: [alters(RUN, 'nodes.broken.error.message', to('failed'))],
  },
  'runs-cycles': {
    daemon: 'observerd',
    what: 'takes a workflow with a cycle',
    breaks: [turns(RUN, 400, 200, { status: 'ok' })],
  },
  'pathless-cycle': {
    daemon: 'observerd',
    what: 'refuses a cycle without its path',
    breaks: [alters(RUN, 'error.path', gone)],
  },
  'ignores-needs': {
    daemon: 'observerd',
    what: 'leaves out a need that no node has',
    breaks: [
      mangles(
        RUN,
        'nodes.*.needs',
        list((needs) => needs.filter((need) => need !== 'nobody')),
      ),
    ],
  },
  'wrong-rows': {
    daemon: 'queryd',
    what: 'gives a workflow another number than the one asked for',
    breaks: [alters('POST /v1/sql', 'rows.0.0', plus(1))],
  },
  'deaf-chat': {
    daemon: 'chatd',
    what: 'does not say what it was told to say',
    breaks: [alters('POST /v1/chat', 'content', to('…'))],
  },
  'lax-check': {
    daemon: 'validatord',
    what: 'passes an artifact that is wrong',
    breaks: [turns('POST /v1/validate', 422, 200, { valid: true, warnings: [] })],
  },
})

/** Where one node has failed, all the others are skipped. */
function skipAll(nodes: unknown): unknown {
  const failed = JSON.stringify(nodes).includes('"failed"')
  return failed ? changeAt(nodes, '*.status', (status) => (status === 'ok' ? 'skipped' : status)) : nodes
}
