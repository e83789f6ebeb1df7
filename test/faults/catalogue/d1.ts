import { alters, answers, to } from '../change.ts'
import { faultsOf } from '../fault.ts'

export const d1 = faultsOf('d1', {
  'wrong-name': {
    daemon: 'catalogd',
    what: 'answers /health under the name of another daemon',
    breaks: [alters('GET /health', 'service', to('storaged'))],
  },
  'takes-any-route': {
    daemon: 'catalogd',
    what: 'answers 200 to a route that it does not have',
    breaks: [answers('GET /no/*', 200, {})],
  },
  'refuses-without-reason': {
    daemon: 'catalogd',
    what: 'refuses an unknown route without saying why',
    breaks: [answers('GET /no/*', 404, {})],
  },
  'hides-a-daemon': {
    daemon: 'gateway',
    what: 'reports a daemon that is up as down',
    breaks: [alters('GET /v1/health', 'services.catalogd.status', to('down'))],
  },
  'silent-copy': {
    daemon: 'storaged',
    what: 'says nothing when its address is taken',
    taken: 'says-nothing',
  },
  'vague-copy': {
    daemon: 'storaged',
    what: 'does not say which address is taken',
    taken: 'names-no-address',
  },
  'contented-copy': {
    daemon: 'storaged',
    what: 'exits with code 0 when its address is taken',
    taken: 'exits-0',
  },
})
