/** `bind` and `binds`: which sockets each daemon has, and whether two want the same one. */
import { collide, type HostPort, isLoopbackHost, parseBind } from './bind.ts'
import { checkName } from './fields.ts'
import type { Path, Problem } from './problem.ts'
import { isTable, type Table, tableOf } from './toml-values.ts'

export interface Socket extends Partial<HostPort> {
  readonly daemon: string
  readonly name: string
  readonly path: Path
}

/** Every socket that the file declares, in its order; without host and port where the address is bad. */
export function readSockets(daemons: Table): Socket[] {
  return Object.keys(daemons).flatMap((daemon) => {
    const { bind, binds } = tableOf(daemons[daemon])
    const entries: [string, unknown, Path][] =
      bind === undefined
        ? Object.entries(tableOf(binds)).map(([name, text]) => [
            name,
            text,
            ['daemons', daemon, 'binds', name],
          ])
        : [['main', bind, ['daemons', daemon, 'bind']]]
    return entries.map(([name, text, path]) => {
      const parsed = typeof text === 'string' ? parseBind(text) : undefined
      return { daemon, name, path, ...(parsed !== undefined && 'port' in parsed ? parsed : {}) }
    })
  })
}

/** @param sockets what `readSockets` has found in the same table. */
export function checkSockets(daemons: Table, sockets: readonly Socket[]): Problem[] {
  return [
    ...Object.keys(daemons).flatMap((name) => checkDeclaration(daemons, name)),
    ...checkCollisions(sockets),
    ...sockets.flatMap((socket) => checkExposure(daemons, socket)),
  ]
}

function checkDeclaration(daemons: Table, daemon: string): Problem[] {
  const { bind, binds } = tableOf(daemons[daemon])
  const path = ['daemons', daemon, 'binds']
  const problems: Problem[] = []
  if (bind !== undefined && binds !== undefined) {
    problems.push({
      path,
      at: 'key',
      message: `daemon \`${daemon}\` has both \`bind\` and \`binds\``,
      hint: 'put the one socket among the others: binds = { main = "…", … }',
      related: [{ path: ['daemons', daemon, 'bind'], at: 'key', message: '`bind` is here' }],
    })
  }
  if (isTable(binds) && Object.keys(binds).length === 0) {
    problems.push({
      path,
      at: 'value',
      message: '`binds` names no socket',
      hint: 'leave it out of a daemon that binds none',
    })
  }
  for (const name of Object.keys(tableOf(binds))) {
    const complaint = checkName(name)
    if (complaint !== undefined) problems.push({ path: [...path, name], at: 'key', ...complaint })
    else if (Object.hasOwn(daemons, name)) {
      problems.push({
        path: [...path, name],
        at: 'key',
        message: `bind \`${name}\` has the name of a daemon: {bind.${name}} would mean both`,
        related: [{ path: ['daemons', name], at: 'key', message: 'the daemon' }],
      })
    }
  }
  return problems
}

function checkCollisions(sockets: readonly Socket[]): Problem[] {
  const byPort = new Map<number, (Socket & HostPort)[]>()
  return sockets.flatMap((socket): Problem[] => {
    const { host, port } = socket
    if (host === undefined || port === undefined || port === 0) return []
    const others = byPort.get(port) ?? []
    const first = others.find((other) => collide(other, { host, port }))
    byPort.set(port, [...others, { ...socket, host, port }])
    if (first === undefined) return []
    const who =
      first.daemon === socket.daemon ? `\`${first.name}\` of the same daemon` : `daemon \`${first.daemon}\``
    return [
      {
        path: socket.path,
        at: 'value',
        message: `${who} binds port ${port}, too`,
        hint: 'port 0 takes a free one for each run',
        related: [{ path: first.path, at: 'value', message: 'bound first here' }],
      },
    ]
  })
}

function checkExposure(daemons: Table, socket: Socket): Problem[] {
  if (socket.host === undefined || isLoopbackHost(socket.host)) return []
  if (tableOf(daemons[socket.daemon])['expose'] === true) return []
  return [
    {
      path: socket.path,
      at: 'value',
      message: `${socket.host} can be reached from other machines`,
      hint: 'bind 127.0.0.1 or [::1], or say `expose = true`',
    },
  ]
}
