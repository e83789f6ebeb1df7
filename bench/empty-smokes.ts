/** What a smoke costs beyond itself: 1,000 smokes with one trivial expectation each, through the real runner. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGuardian } from '../src/host/guardian.ts'
import { runMarker } from '../src/host/marker.ts'
import { ok } from '../src/kernel/result.ts'
import { createSmokeRunner, discoverSmokes } from '../src/smoke/runner.ts'

const COUNT = 1_000

interface Row {
  readonly what: string
  readonly target?: string
  readonly values: Record<string, string | number>
}

const SMOKE = `import { smoke } from 'smokechain'
export default smoke({
  title: 'one is one',
  needs: [],
  async run({ step, expect }) {
    await step('it is', () => expect('one', 1, 1))
  },
})
`

export default { name: 'empty-smokes', run: measureEmptySmokes }

async function measureEmptySmokes(): Promise<Row[]> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'smokechain-bench-')))
  const smokes = join(dir, 'smokes-to-run')
  mkdirSync(smokes)
  const ids = Array.from({ length: COUNT }, (_, i) => `s${i}`)
  for (const id of ids) writeFileSync(join(smokes, `${id}.ts`), SMOKE)
  const id = `bench-${process.pid}`
  const marker = runMarker(id)
  const guardian = startGuardian({ marker })
  let events = 0
  const runner = createSmokeRunner({
    run: { id, marker, dir, dataDir: dir },
    root: dir,
    guardian,
    emit: () => {
      events += 1
    },
    daemons: () => [],
    controls: { restart: nothing, stop: nothing, start: nothing },
    secrets: [],
  })
  try {
    const files = discoverSmokes(smokes, ids)
    if (!files.ok) throw new Error('the smokes were not found')
    const describeFrom = performance.now()
    const infos = await runner.describe(files.value)
    const described = performance.now() - describeFrom
    if (!infos.ok) throw new Error(JSON.stringify(infos.error[0]))
    const each: number[] = []
    const runFrom = performance.now()
    for (const info of infos.value) {
      const from = performance.now()
      const outcome = await runner.run(info, { signal: new AbortController().signal })
      each.push(performance.now() - from)
      if (outcome.verdict !== 'PASS') throw new Error(JSON.stringify(outcome))
    }
    const ran = performance.now() - runFrom
    if (events !== 2 * COUNT) throw new Error(`${events} events instead of ${2 * COUNT}`)
    each.sort((a, b) => a - b)
    return [
      {
        what: `a smoke with one trivial expectation, beyond itself (${COUNT} in a row)`,
        target: '< 5 ms each',
        values: {
          'ms each': round(ran / COUNT),
          'ms median': round(each[COUNT / 2] ?? 0),
          'ms p99': round(each[Math.floor(COUNT * 0.99)] ?? 0),
          'ms worst': round(each.at(-1) ?? 0),
        },
      },
      { what: 'reading and checking its file', values: { 'ms each': round(described / COUNT) } },
    ]
  } finally {
    await runner.close()
    await guardian.close()
    rmSync(dir, { recursive: true })
  }
}

const nothing = async () => ok(undefined)
const round = (ms: number): number => Math.round(ms * 100) / 100
