/**
 * From saving a smoke to its verdict on the screen, less the time that the smoke itself takes; and the same for a daemon,
 * whose restart is part of it. The real command on trivial daemons; the clock runs outside of it.
 */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { runTool } from './kit/command.ts'
import { makeProject, type Project, trivialSmoke } from './kit/project.ts'
import type { Row } from './kit/row.ts'
import { median, round, spread } from './kit/stats.ts'

const TRIALS = 20
/** Nobody saves again in the moment of the verdict. */
const PAUSE_MS = 500

interface Saver {
  readonly what: string
  readonly target?: string
  save(project: Project, trial: number): void
}

const smokeText = (trial: number): string => `${trivialSmoke('s1', 'd1').text}// ${trial}\n`

const SAVERS: readonly Saver[] = [
  {
    what: 'a smoke, written in place, less its own time',
    target: '< 500 ms',
    save: (project, trial) => void project.write('smokes/s1.ts', smokeText(trial)),
  },
  {
    what: 'a smoke, replaced by a new file, less its own time',
    target: '< 500 ms',
    save(project, trial) {
      renameSync(project.write('smokes/s1.part', smokeText(trial)), join(project.folder, 'smokes/s1.ts'))
    },
  },
  {
    what: 'a daemon: restarted, and its smoke, less its own time',
    save: (project, trial) => void project.write('touched.mjs', `import './daemon.mjs'\n// ${trial}\n`),
  },
]

async function measure({ what, target, save }: Saver): Promise<Row> {
  const script = {
    lines: ['command = ["node", "touched.mjs", "{port}"]', 'bind = "127.0.0.1:0"', 'ready = { http = "/" }'],
  }
  using project = makeProject(
    [{ name: 'd1', ...script }, { name: 'd2' }],
    [trivialSmoke('s1', 'd1'), trivialSmoke('s2', 'd2')],
  )
  project.write('touched.mjs', `import './daemon.mjs'\n`)
  const beyond: number[] = []
  const all: number[] = []
  let pid = 0
  let savedAt: bigint | undefined
  let read = 0
  await runTool(['watch'], [130], {
    cwd: project.folder,
    onSpawn: (spawned) => {
      pid = spawned
    },
    onOutput(soFar, atNs) {
      const [line, inSmokes] = /saved → verdict .*?, (\d+) ms of it in smokes\n/.exec(soFar.slice(read)) ?? []
      if (savedAt === undefined ? !soFar.includes('\nwatching ') : line === undefined) return
      if (savedAt !== undefined) {
        const ms = Number(atNs - savedAt) / 1e6
        all.push(ms)
        beyond.push(ms - Number(inSmokes))
      }
      read = soFar.length
      if (all.length === TRIALS) {
        process.kill(pid, 'SIGINT')
        return
      }
      setTimeout(() => {
        savedAt = process.hrtime.bigint()
        save(project, all.length)
      }, PAUSE_MS)
    },
  })
  return {
    what,
    ...(target === undefined ? {} : { target }),
    values: { ...spread(beyond), 'with the smoke, median ms': round(median(all)) },
  }
}

async function measureWatch(): Promise<Row[]> {
  const rows: Row[] = []
  for (const saver of SAVERS) rows.push(await measure(saver))
  return rows
}

export default { name: 'watch: from a save to its verdict', run: measureWatch }
