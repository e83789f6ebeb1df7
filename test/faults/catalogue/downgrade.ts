import { alters, gone, mangles, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const DOWNGRADE = 'POST /v1/matrix/downgrade'

export const downgrade = faultsOf('downgrade', {
  never: {
    daemon: 'matrixd',
    what: 'keeps every model in the full mode',
    breaks: [alters(DOWNGRADE, 'mode', to('full'))],
  },
  always: {
    daemon: 'matrixd',
    what: 'puts every model into the isolated mode',
    breaks: [alters(DOWNGRADE, 'mode', to('isolated'))],
  },
  'ignores-force': {
    daemon: 'matrixd',
    what: 'ignores force',
    breaks: [mangles(DOWNGRADE, 'force', gone)],
  },
  'no-reason': {
    daemon: 'matrixd',
    what: 'gives no reason',
    breaks: [alters(DOWNGRADE, 'reason', to(''))],
  },
  'blind-to-size': {
    daemon: 'matrixd',
    what: 'does not read the size in the name of a model',
    breaks: [mangles(DOWNGRADE, 'model', (model) => String(model).replace(/:\d+b$/, ''))],
  },
  'takes-any-mode': {
    daemon: 'matrixd',
    what: 'takes a mode that does not exist',
    breaks: [turns(DOWNGRADE, 400, 200, { mode: 'full' })],
  },
  'strong-by-default': {
    daemon: 'matrixd',
    what: 'takes an unknown model for a strong one',
    breaks: [
      mangles(DOWNGRADE, 'model', (model) => (model === 'somebody/unheard-of' ? 'acme/claude-opus' : model)),
    ],
  },
})
