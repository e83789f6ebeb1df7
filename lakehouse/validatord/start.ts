/** validatord: checks artifacts (fills, e-mails, text messages, playbooks) before anybody acts on them. */
import { loadConfig } from '../kit/config.ts'
import { serve } from '../kit/serve.ts'
import { buildApp } from './app.ts'
import { configSchema } from './config.ts'

const { own, auth } = loadConfig('validatord', configSchema)
await serve(buildApp({ wire: own.wire, policy: own.policy, auth }), {
  service: 'validatord',
  bind: own.bind,
  auth,
})
