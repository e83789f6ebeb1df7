/**
 * Acceptance gate: on the stack as it really runs, every listening socket of every daemon's process tree is on loopback,
 * and each daemon listens where it says. Looks at /proc itself, so that it does not believe what it is to prove.
 */
import { existsSync } from 'node:fs'
import { listListening, listTree } from './listening.ts'
import { bringUp, copyStack, type RunningStack, runGate, takeDown, withFolder } from './stack.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

function examine({ daemons }: RunningStack): string[] {
  return daemons.flatMap(({ name, pid, addresses }) => {
    const sockets = listTree(pid).flatMap(listListening)
    say(`${name}: ${sockets.map(({ address }) => address).join(', ') || 'nothing'}`)
    const outside = sockets.filter(({ loopback }) => !loopback)
    const missing = addresses.filter(
      ({ port }) => !sockets.some(({ address }) => address.endsWith(`:${port}`)),
    )
    return [
      ...outside.map(({ address }) => `${name} listens on ${address}, off loopback`),
      ...missing.map(({ host, port }) => `${name} says that it listens on ${host}:${port}, and does not`),
    ]
  })
}

await runGate(async () => {
  if (!existsSync('/proc/self/net/tcp'))
    throw new Error('there is no /proc here: nobody can tell who listens')
  return await withFolder(async (folder) => {
    const stack = copyStack(folder)
    try {
      const running = await bringUp(stack)
      const faults = examine(running)
      for (const fault of faults) say(fault)
      const well = faults.length === 0 && running.daemons.length > 0
      say(`${running.daemons.length} daemons, ${well ? 'all on loopback only' : 'NOT all on loopback'}`)
      return well
    } finally {
      await takeDown(stack)
    }
  })
})
