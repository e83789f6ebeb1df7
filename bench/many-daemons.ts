/** 200 trivial daemons that need nothing, beside the same processes started by a bare loop. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readJournal } from '../src/ledger/journal.ts'
import { runTool } from './kit/command.ts'
import { makeProject, type Project, trivialSmoke } from './kit/project.ts'
import type { Row } from './kit/row.ts'
import { median, ratio, round } from './kit/stats.ts'

const COUNT = 200
const TRIALS = 1

/** From the first spawn until every one has said that it listens; each on a port of the system's choice. */
async function startInBareLoop(project: Project): Promise<number> {
  const from = performance.now()
  const children = Array.from({ length: COUNT }, () =>
    spawn(process.execPath, [join(project.folder, 'daemon.mjs'), '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  try {
    await Promise.all(children.map((child) => once(child.stdout, 'data')))
    return performance.now() - from
  } finally {
    await Promise.all(children.map(end))
  }
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function startByTool(project: Project): Promise<number> {
  await runTool(['verify'], [0], { cwd: project.folder })
  const { events } = readJournal(join(project.folder, 'logs/latest/journal.jsonl'))
  const boot = events.find((event) => event.type === 'boot.finished')
  if (boot?.type !== 'boot.finished') throw new Error('the boot has no end in the journal')
  return boot.ms
}

async function measureMany(): Promise<Row[]> {
  const daemons = Array.from({ length: COUNT }, (_, i) => ({ name: `d${i}` }))
  using project = makeProject(daemons, [trivialSmoke('s', 'd0')])
  const bare: number[] = []
  const tool: number[] = []
  for (let i = 0; i < TRIALS; i += 1) {
    bare.push(await startInBareLoop(project))
    // The processes just killed are still being taken apart.
    await delay(500)
    tool.push(await startByTool(project))
  }
  return [
    {
      what: `${COUNT} processes in a bare loop, until each has said that it listens`,
      values: { 'median ms': round(median(bare)), trials: TRIALS },
    },
    {
      what: `${COUNT} daemons, until each is ready and owned`,
      target: '< 2 × the bare loop',
      values: { ratio: ratio(median(tool), median(bare)), 'median ms': round(median(tool)), trials: TRIALS },
    },
  ]
}

export default { name: 'many daemons', run: measureMany }
