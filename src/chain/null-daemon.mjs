/**
 * A daemon that does nothing and says yes, or nothing, or no: `node null-daemon.mjs <mode> [host:port …]`. It answers
 * every request, whatever the method and path, in the same way. Without addresses it only stays alive.
 * Plain JavaScript, because it is started once for every daemon of a stack and has to be quick.
 */
import { createServer } from 'node:http'

const JSON_TYPE = { 'content-type': 'application/json' }
const ANSWERS = {
  object: { status: 200, headers: JSON_TYPE, body: '{}' },
  empty: { status: 200, headers: {}, body: '' },
  error: { status: 500, headers: JSON_TYPE, body: '{"error":{}}' },
}
/** Keeps a daemon without sockets alive; any long time will do. */
const IDLE_MS = 2 ** 30

const [mode = '', ...addresses] = process.argv.slice(2)
const answer = ANSWERS[mode]
if (!answer) {
  process.stderr.write(`null daemon: unknown mode "${mode}" (${Object.keys(ANSWERS).join(', ')})\n`)
  process.exit(2)
}

const servers = addresses.map((address) => {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '')
  // Invalid header characters and the like get the same answer as everything else.
  const server = createServer({ insecureHTTPParser: true }, (request, response) => {
    request.resume()
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length })
    response.end(request.method === 'HEAD' ? undefined : answer.body)
  })
  server.on('clientError', (_, socket) => {
    const lines = [
      `HTTP/1.1 ${answer.status} Null`,
      ...Object.entries(answer.headers).map((pair) => pair.join(': ')),
    ]
    if (!socket.writable) return
    socket.end(
      `${lines.join('\r\n')}\r\nconnection: close\r\ncontent-length: ${answer.body.length}\r\n\r\n${answer.body}`,
    )
  })
  server.on('error', (error) => {
    process.stderr.write(`null daemon: ${error.message}\n`)
    process.exit(1)
  })
  server.listen({ host, port: Number(address.slice(colon + 1)) })
  return server
})
const idle = servers.length === 0 ? setInterval(() => undefined, IDLE_MS) : undefined

process.once('SIGTERM', () => {
  clearInterval(idle)
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
})
