/** What a run writes down: complete, consistent, and never claiming more than it could write. */
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import {
  causes,
  createProject,
  daemon,
  expectNothingLeft,
  goodSmoke,
  listening,
  type Project,
  report,
  runTool,
  smokeOf,
  stackOf,
  verify,
} from './support/rig.ts'

function projectOfTwo(web: string = daemon('web')): Project {
  const project = createProject()
  project.stack(stackOf(['d1', 'd2'], web))
  project.smoke('d1', goodSmoke())
  project.smoke('d2', goodSmoke())
  return project
}

it('the ledger, the JSON, the journal, the output and the exit code agree', async () => {
  const project = projectOfTwo()
  project.smoke('d2', smokeOf(`    await step('it is a teapot', () => web.get('/', { status: 418 }))`))
  const finished = await verify(project)
  expect(finished.code).toBe(1)
  const text = finished.read('ledger.txt')
  expect(finished.stdout.endsWith(text)).toBe(true)
  const document = JSON.parse(finished.read('ledger.json')) as {
    exitCode: number
    rows: { smoke: string; class: string }[]
  }
  expect(document.exitCode).toBe(1)
  const rows = document.rows.map((row) => `${row.class} ${row.smoke}`)
  expect(rows).toEqual(['PASS d1', 'FAIL d2'])
  const told = finished.events.flatMap((event) =>
    event.type === 'smoke.finished' ? [`${event.verdict} ${event.smoke}`] : [],
  )
  expect(told).toEqual(rows)
  expect(text.replaceAll(/ \d+s$/gm, '')).toBe(`${rows.join('\n')}\n--- 1 PASS / 1 FAIL ---\n`)
  expect(readdirSync(finished.dir ?? '').sort()).toEqual(
    expect.arrayContaining([
      ...['daemons', 'journal.jsonl', 'junit.xml', 'ledger.json', 'ledger.txt', 'owner.json', 'smokes'],
    ]),
  )
  expect(readlinkSync(join(project.root, 'logs/latest'))).toBe(`runs/${finished.run}`)
  expect(readFileSync(join(project.root, 'logs/smoke_chain.log'), 'utf8')).toBe(text)
  await expectNothingLeft(finished)
})

it('only the whole chain is remembered in smoke_chain.log', async () => {
  const project = projectOfTwo()
  const whole = await verify(project)
  const part = await verify(project, '--only', 'd1')
  expect([whole.code, part.code]).toEqual([0, 0])
  expect(readFileSync(join(project.root, 'logs/smoke_chain.log'), 'utf8')).toBe(whole.read('ledger.txt'))
})

it('no place for the run directory: exit code 70, and nothing is begun', async () => {
  const project = projectOfTwo()
  project.write('logs', 'a file in the way')
  const finished = await verify(project)
  expect(finished.code).toBe(70)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    error: cannot make a run directory in <project>/logs: ENOTDIR: not a directory, mkdir '<project>/logs/runs/<run>/daemons'
    "
  `)
  await expectNothingLeft(finished)
})

it('no place for the data folder: exit code 70, and nothing is begun', async () => {
  const project = projectOfTwo()
  const finished = await runTool(project, ['verify', '--stack', 'stack.toml'], {
    env: { TMPDIR: join(project.root, 'nowhere') },
  })
  expect(finished.code).toBe(70)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    error: cannot prepare the run's folder: ENOENT: no such file or directory, mkdir '<project>/nowhere/smokechain-<run>'
    "
  `)
  await expectNothingLeft(finished)
})

/** Programs of the system, which are there where the test runs. */
const [MOUNT, UMOUNT] = ['mount', 'umount']

/** A small disk at this folder. */
function mountTinyDisk(folder: string, size: string): void {
  execFileSync(MOUNT, ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' })
}

/** Undefined when this machine lets us mount a small disk. */
function whyNoTinyDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'only root on Linux can mount a small disk'
  }
  const folder = mkdtempSync(join(tmpdir(), 'smokechain-disk-'))
  try {
    mountTinyDisk(folder, '64k')
    execFileSync(UMOUNT, [folder])
    return undefined
  } catch (error) {
    return `a small disk cannot be mounted: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    rmdirSync(folder)
  }
}

const noTinyDisk = whyNoTinyDisk()

it.runIf(noTinyDisk === undefined)(
  `the disk under logs is full: EVIDENCE LOST, exit code 70${noTinyDisk === undefined ? '' : ` (${noTinyDisk})`}`,
  async () => {
    const project = projectOfTwo(
      daemon('web', { orders: listening({ flood: true }), ready: '{ tcp = true }' }),
    )
    const logs = join(project.root, 'logs')
    mkdirSync(logs)
    mountTinyDisk(logs, '512k')
    onTestFinished(() => void execFileSync(UMOUNT, ['--lazy', logs]))
    const finished = await verify(project)
    expect(finished.code, finished.stdout + finished.stderr).toBe(70)
    expect(finished.stdout.trim().split('\n').at(-1)).toContain('EVIDENCE LOST')
    // Which small files still found room is a matter of chance.
    expect(causes(finished).split('\n\n')[0]).toMatchInlineSnapshot(`
      "
      ✗ evidence is lost: <project>/logs/runs/<run>/daemons/web.log could not be written: ENOSPC: no space left on device, write
          next: make room or mend the disk, then run again; this run proves nothing"
    `)
    // What was told to the person is not claimed by a ledger that could not be kept.
    expect(() => finished.read('ledger.txt')).toThrow('ENOENT')
    await expectNothingLeft(finished)
  },
)

it('a clock that steps backwards changes no verdict and no duration', async () => {
  const project = projectOfTwo()
  const patch = project.write(
    'backwards.mjs',
    `const start = Date.now()
let steps = 0
Date.now = () => start - 3_600_000 * (steps += 1)
`,
  )
  const finished = await runTool(project, ['verify', '--stack', 'stack.toml'], {
    env: { NODE_OPTIONS: `--import ${patch}` },
  })
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  const times = finished.events.map(({ atMs }) => atMs)
  expect(times).toEqual([...times].sort((a, b) => a - b))
  for (const event of finished.events) {
    if (!('ms' in event)) continue
    expect(event.ms).toBeGreaterThanOrEqual(0)
    expect(event.ms).toBeLessThan(60_000)
  }
  await expectNothingLeft(finished)
})

it('a run directory of an old run that is not ours to remove is told, and the run goes on', async () => {
  const project = projectOfTwo()
  const elsewhere = project.write('elsewhere/keep.txt', 'precious')
  for (let i = 0; i < 35; i += 1) {
    project.write(
      `logs/runs/20200101T0000${String(i).padStart(2, '0')}.000Z-00000${(i % 16).toString(16)}/ledger.txt`,
      '',
    )
  }
  // What stands in a run directory may be a link to something that is not ours.
  symlinkSync(join(elsewhere, '..'), join(project.root, 'logs/runs/20200101T000000.000Z-000000/link'))
  const finished = await verify(project)
  expect(finished.code).toBe(0)
  expect(readdirSync(join(project.root, 'logs/runs'))).toHaveLength(30)
  expect(readFileSync(elsewhere, 'utf8')).toBe('precious')
  await expectNothingLeft(finished)
})
