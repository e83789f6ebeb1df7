/**
 * How soon a failed start is told. A daemon that dies before it is ready says itself when, by the clock that all processes
 * share, in the log that the message on the screen quotes. And: a port that is taken.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type CommandRun, runTool } from './kit/command.ts'
import { makeProject, trivialSmoke } from './kit/project.ts'
import type { Row } from './kit/row.ts'
import { spread } from './kit/stats.ts'

const TRIALS = 20
const PORT_TRIALS = 10
// A moment after its start, so that the tool is waiting for it by then.
const DIES = `setTimeout(() => {
  process.stdout.write('ending ' + process.hrtime.bigint() + '\\n')
  process.exit(3)
}, 100 + Math.random() * 50)
`

async function measureDeath(): Promise<Row> {
  const lines = ['command = ["node", "dies.mjs"]', 'bind = "127.0.0.1:0"', 'ready = { http = "/" }']
  using project = makeProject([{ name: 'dies', lines }], [trivialSmoke('s', 'dies')])
  project.write('dies.mjs', DIES)
  const delays: number[] = []
  for (let i = 0; i < TRIALS; i += 1) {
    let shownNs = 0n
    const { output } = await runTool(['verify'], [3], {
      cwd: project.folder,
      onOutput: (soFar, atNs) => {
        if (shownNs === 0n && /dies exited/.test(soFar)) shownNs = atNs
      },
    })
    const diedNs = /ending (\d+)/.exec(output)?.[1]
    if (shownNs === 0n || diedNs === undefined) throw new Error(`the failure was not shown:\n${output}`)
    delays.push(Number(shownNs - BigInt(diedNs)) / 1e6)
  }
  return {
    what: 'a daemon that dies before it is ready → failure on the screen',
    target: '< 50 ms',
    values: spread(delays),
  }
}

async function measureTakenPort(): Promise<Row> {
  await using server = createServer()
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  const lines = ['command = ["node", "daemon.mjs", "{port}"]', `bind = "127.0.0.1:${address.port}"`]
  using project = makeProject([{ name: 'd', lines }], [trivialSmoke('s', 'd')])
  const runs: CommandRun[] = []
  for (let i = 0; i < PORT_TRIALS; i += 1) runs.push(await runTool(['verify'], [3], { cwd: project.folder }))
  return {
    what: 'a port that is taken: from the command to exit code 3',
    values: spread(runs.map(({ wallMs }) => wallMs)),
  }
}

export default {
  name: 'failed starts',
  run: async (): Promise<Row[]> => [await measureDeath(), await measureTakenPort()],
}
