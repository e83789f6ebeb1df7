/** For the tests of a whole comparison: local HTTP servers, cases files, and `runParity` in few words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runParity } from './run.ts'
import type { ParityOptions } from './run-types.ts'
import type { ParityReport } from './types.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Server {
  readonly url: string
  readonly seen: readonly Seen[]
}

export type Answer = (seen: Seen, response: ServerResponse) => void

/** Answers each request after its body is read. Ended with the test. */
export async function serve(answer: Answer): Promise<Server> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      seen.push(one)
      answer(one, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return { url: `http://127.0.0.1:${address.port}`, seen }
}

export const asJson =
  (body: unknown, status = 200): Answer =>
  (_seen, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

export function write(text: string, name = 'cases.toml'): string {
  const folder = mkdtempSync(join(tmpdir(), 'parity-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

export const ONE = 'name = "api"\n[[cases]]\nname = "one"\npath = "/v1/thing"\n'

export async function run(o: Partial<ParityOptions> & { readonly cases: string }): Promise<ParityReport> {
  const done = await runParity({
    env: {},
    signal: new AbortController().signal,
    lend: () => Promise.reject(new Error('nothing is to be booted')),
    ...o,
  })
  if (!done.ok) throw new Error(done.error.messages.join('\n'))
  return done.value
}

export const refusal = async (o: Partial<ParityOptions> & { readonly cases: string }): Promise<string> => {
  try {
    await run(o)
    return 'taken'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
