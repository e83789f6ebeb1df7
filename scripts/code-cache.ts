/**
 * Uses the bundled packages as a daemon and the tool use them, and keeps the compiled code of what was run beside each
 * bundle: Node's own cache keeps a module as it was loaded, before any of its functions was called, so all that a start
 * calls would be compiled again at each. Run by `warm-up.ts`. Standard output is the daemon's log.
 */
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { keepCode, usePrebundled } from './prebundled.ts'

usePrebundled(['commander', 'execa', 'fastify', 'toml', 'zod'])
await Promise.all([useAsDaemon(), useAsTool()])
keepCode()

/** Reads a configuration, listens, answers well and badly, stops. */
async function useAsDaemon(): Promise<void> {
  const { parseConfig } = await import('../lakehouse/kit/config.ts')
  const { configSchema } = await import('../lakehouse/validatord/config.ts')
  const { buildApp } = await import('../lakehouse/validatord/app.ts')
  const toml = '[validatord]\nbind = "127.0.0.1:0"\n[services]\nchatd = "http://127.0.0.1:1"\n'
  const config = parseConfig(toml, 'validatord', configSchema, 'code-cache.toml')
  if (!config.ok) throw new Error(config.error)
  const app = buildApp({ ...config.value.own, logger: true })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const artifact = { to: 'somebody', body: 'in short' }
  await ask(port, 'GET', '/health', 200)
  await ask(port, 'POST', '/v1/validate', 422, JSON.stringify({ kind: 'sms', artifact }))
  await ask(port, 'POST', '/v1/validate', 400, '{}')
  await ask(port, 'GET', '/no/such/route', 404)
  await app.close()
}

async function ask(port: number, method: string, path: string, status: number, body?: string): Promise<void> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const asked = request({ host: '127.0.0.1', port, method, path, headers }).end(body)
  const [response] = await once(asked, 'response')
  response.resume()
  await once(response, 'end')
  if (response.statusCode !== status) {
    throw new Error(`${method} ${path} was answered with ${response.statusCode}, not with ${status}`)
  }
}

/** Reads a command line and a stack, starts a process. */
async function useAsTool(): Promise<void> {
  const { createProgram } = await import('../src/cli/program.ts')
  const { loadStack } = await import('../src/stack/load.ts')
  const { execa } = await import('execa')
  const verify = createProgram(() => undefined).commands.find((command) => command.name() === 'verify')
  verify?.parseOptions(['--only', 'd1', '--timing'])
  const stack = await loadStack(join(import.meta.dirname, '..', 'stacks', 'dev.toml'))
  if (!stack.ok) throw new Error('stacks/dev.toml has errors')
  await execa(process.execPath, ['--version'], {
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    verbose: 'none',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
