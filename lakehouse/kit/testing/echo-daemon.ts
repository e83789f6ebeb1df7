/** For tests: the smallest daemon on the kit. `POST /v1/hold` answers when its body has ended. */
import { z } from 'zod'
import { createApp } from '../app.ts'
import { bindSchema, loadConfig } from '../config.ts'
import { serve } from '../serve.ts'

const { own, auth } = loadConfig(
  'echod',
  z.strictObject({ bind: bindSchema, fail: z.boolean().default(false) }),
)
const app = createApp({ service: 'echod', auth })
app.post('/v1/hold', async (request) => {
  app.log.info('held')
  return { echo: request.body }
})
app.addHook('preParsing', async () => app.log.info('receiving'))
await serve(app, {
  service: 'echod',
  bind: own.bind,
  auth,
  async onListening() {
    if (own.fail) throw new Error('the data is damaged')
  },
  async onClose() {
    app.log.info('closed its data')
  },
})
