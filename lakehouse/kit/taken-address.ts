/**
 * The first thing a daemon does: is its address free? Loading the rest of it takes several times as long, and a second
 * copy started by mistake should say so at once. Imports as little as it can for that reason.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { type Bind, failToListen, isLoopback, parseBind } from './bind.ts'
import { errnoOf } from './files.ts'

/**
 * Ends the process when another one listens on `[service] bind` (one line, exit 1); otherwise the address is as free as
 * before. Whatever else is wrong, with the configuration or with the address, is left to those who load it and bind.
 */
export async function refuseTakenAddress(service: string): Promise<void> {
  const bind = await readBind(service)
  // Off loopback nothing may be bound, not even for a moment, before a token was seen.
  if (bind === undefined || bind.port === 0 || !isLoopback(bind.host)) return
  const server = createServer()
  try {
    server.listen({ ...bind, exclusive: true })
    await once(server, 'listening')
  } catch (error) {
    if (errnoOf(error) === 'EADDRINUSE') failToListen(service, bind, error)
    return
  }
  server.close()
  await once(server, 'close')
}

async function readBind(service: string): Promise<Bind | undefined> {
  const file = process.env['LAKEHOUSE_CONFIG']
  if (file === undefined || file === '') return undefined
  // Not above: what is imported there is looked for before `prebundled.ts` has run.
  const { parse } = await import('toml')
  let document: Record<string, unknown>
  try {
    document = { ...parse(readFileSync(file, 'utf8')) }
  } catch {
    // Unreadable, or no TOML: `loadConfig` says so, with its place.
    return undefined
  }
  const own = document[service]
  const bind = typeof own === 'object' && own !== null && 'bind' in own ? own.bind : undefined
  return typeof bind === 'string' ? parseBind(bind) : undefined
}
