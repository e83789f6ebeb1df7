/** The tool's own memory, with 12 daemons of which one writes 50 MB/s to its log. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readPeakRss } from '../src/host/figures-linux.ts'
import { sampleUsage } from '../src/host/usage.ts'
import { runTool } from './kit/command.ts'
import { makeProject, waitingSmoke } from './kit/project.ts'
import type { Row } from './kit/row.ts'
import { median, round } from './kit/stats.ts'

const SECONDS = 8
const TRIALS = 2
const QUIET = Array.from({ length: 11 }, (_, i) => ({ name: `d${i}` }))
/** Keeps to 50 MB/s, and tells in its last line what the tool really took from it. */
const FLOODS = `const line = 'x'.repeat(99) + '\\n'
const chunk = Buffer.from(line.repeat(5_000))
const from = performance.now()
let written = 0
const write = () => {
  const due = (performance.now() - from) * 50_000 - written
  if (due < chunk.length) return setTimeout(write, 5)
  written += chunk.length
  process.stdout.write(chunk, write)
}
process.on('SIGTERM', () => {
  const seconds = (performance.now() - from) / 1_000
  process.stdout.write('wrote ' + (written / 1e6 / seconds).toFixed(1) + ' MB/s\\n', () => process.exit(0))
})
process.stdout.write('started\\n', write)
`

interface Measured {
  readonly peakMB: number
  readonly medianMB: number
  readonly speed: number
  readonly logMB: number
}

async function measureOnce(): Promise<Measured> {
  const lines = ['command = ["node", "floods.mjs"]', 'ready = { log = "started" }']
  using project = makeProject([...QUIET, { name: 'floods', lines }], [waitingSmoke(SECONDS)])
  project.write('floods.mjs', FLOODS)
  const seen: number[] = []
  let peak = 0
  const ended = new AbortController()
  const watch = async (pid: number): Promise<void> => {
    while (!ended.signal.aborted) {
      const usage = await sampleUsage([pid])
      if (usage && usage.rssBytes > 0) seen.push(usage.rssBytes)
      peak = Math.max(peak, readPeakRss(pid) ?? usage?.rssBytes ?? 0)
      await delay(100)
    }
  }
  let watching: Promise<void> = Promise.resolve()
  try {
    await runTool(['verify'], [0], {
      cwd: project.folder,
      onSpawn: (pid) => {
        watching = watch(pid)
      },
    })
  } finally {
    ended.abort()
    await watching
  }
  const log = readFileSync(join(project.folder, 'logs/latest/daemons/floods.log'), 'latin1')
  const speed = Number(/^wrote ([\d.]+) MB\/s$/m.exec(log)?.[1])
  return { peakMB: peak / 1e6, medianMB: median(seen) / 1e6, speed, logMB: log.length / 1e6 }
}

async function measureMemory(): Promise<Row[]> {
  const runs: Measured[] = []
  for (let i = 0; i < TRIALS; i += 1) runs.push(await measureOnce())
  const middle = (name: keyof Measured): number => round(median(runs.map((run) => run[name])))
  return [
    {
      what: `the tool's process, 12 daemons, one writing 50 MB/s for ${SECONDS} s`,
      target: '< 150 MB',
      values: {
        'peak MB': middle('peakMB'),
        'median MB': middle('medianMB'),
        'written MB/s': middle('speed'),
        'log on disk MB': middle('logMB'),
        trials: TRIALS,
      },
    },
  ]
}

export default { name: 'memory', run: measureMemory }
