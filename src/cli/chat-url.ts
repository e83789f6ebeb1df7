/** Where the chat endpoint is: as it was named, or at a daemon of a stack that is up. */
import { err, ok, type Result } from '../kernel/result.ts'
import type { ChatPlace } from '../review/config.ts'
import { findRunningStack } from './running-stack.ts'
import { findStackFile } from './stack-file.ts'

/** @returns the URL, or a sentence that says why there is none and what helps. */
export async function findChatUrl(place: ChatPlace, env: NodeJS.ProcessEnv): Promise<Result<string, string>> {
  if (place.kind === 'url') return ok(place.url)
  const { daemon: name, path, stack } = place
  const running = await findRunningStack(findStackFile(stack, process.cwd()), env)
  const help = 'boot it with `up`, or name the endpoint with --chat URL'
  if (running === undefined) return err(`the chat endpoint is ${name} of ${stack}, which is not up; ${help}`)
  if (running.silent !== undefined)
    return err(`the supervisor of ${stack} does not answer: ${running.silent}`)
  const daemon = running.daemons.find((each) => each.name === name)
  if (daemon === undefined) {
    const known = running.daemons.map((each) => each.name).join(', ')
    return err(`${stack} is up, but has no daemon ${name} (it has ${known})`)
  }
  const [socket] = daemon.sockets
  if (socket === undefined) return err(`the daemon ${name} of ${stack} listens nowhere`)
  const host = socket.host.includes(':') ? `[${socket.host}]` : socket.host
  return ok(`http://${host}:${socket.port}${path}`)
}
