import { match, smoke } from 'smokechain'
import { $ } from 'zx'

const DAEMONS = [
  'storaged',
  'catalogd',
  'ingestd',
  'queryd',
  'vectord',
  'embedd',
  'pathwayd',
  'matrixd',
  'observerd',
  'chatd',
  'validatord',
  'gateway',
] as const

export default smoke({
  title: 'every daemon of the stack answers as itself, and a second copy of it dies loudly',
  why: 'a daemon that answers for another, or that waits for a port in silence, makes every other smoke a guess',
  needs: DAEMONS,
  claims: ['loopback-only'],
  budget: '60s',
  async run(context) {
    const { daemons, gateway, step, expect, stack, signal } = context

    const ask = async (name: (typeof DAEMONS)[number]): Promise<void> => {
      await step(
        `${name} answers /health as itself, on loopback`,
        { claims: ['loopback-only'] },
        async () => {
          await daemons[name].get('/health', {
            status: 200,
            headers: { 'content-type': /^application\/json/ },
            json: { status: 'ok', service: name, version: match.string(/^\d+\.\d+\.\d+/) },
          })
          expect('its address', daemons[name].bind.host, match.oneOf('127.0.0.1', '::1'))
        },
      )
      await step(`${name} refuses a route that it does not have`, () =>
        daemons[name].get('/no/such/route', {
          status: 404,
          json: { error: { code: match.string(), message: match.string() } },
        }),
      )
    }
    await Promise.all(DAEMONS.map(ask))

    await step('the gateway reports every daemon behind it as up', async () => {
      const behind = DAEMONS.filter((name) => name !== 'gateway')
      await gateway.get('/v1/health', {
        status: 200,
        json: { status: 'ok', services: Object.fromEntries(behind.map((name) => [name, { status: 'ok' }])) },
      })
    })

    // All copies at once: each only has to find its address taken.
    await Promise.all(
      DAEMONS.map((name) =>
        step(`a second copy of ${name} ends at once, and says which address is taken`, async () => {
          const { command, cwd, env } = stack.describe(name)
          const copy = await $({
            cwd,
            env: { ...process.env, ...env },
            nothrow: true,
            quiet: true,
            // Debian's bash reads ~/.bashrc when its standard input is a socket, which is what Node gives as a pipe.
            stdio: ['ignore', 'pipe', 'pipe'],
            timeout: '30s',
            signal,
          })`${[...command]}`
          expect('its exit code', copy.exitCode, match.number({ integer: true, min: 1 }))
          const { host, port } = daemons[name].bind
          expect('what it says', copy.stderr.trim().split('\n'), [
            match.string(new RegExp(`${host}:${port}.*in use`)),
          ])
        }),
      ),
    )
    await Promise.all(
      DAEMONS.map((name) =>
        step(`${name} was not disturbed by its copy`, () =>
          daemons[name].get('/health', { status: 200, json: { service: name } }),
        ),
      ),
    )
  },
})
