/** What daemons write: floods, bytes that are no text, escapes meant for a terminal, secrets, and silence. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  causes,
  createProject,
  daemon,
  expectNothingLeft,
  listening,
  projectWith,
  smokeOf,
  stackOf,
  startVerify,
  until,
  verify,
} from './support/rig.ts'

/** Every file below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

it('a daemon that floods its log: the log stays small, and keeps its head and its tail', async () => {
  const project = projectWith(
    daemon('web', { orders: listening({ print: ['the first line'], flood: true }), ready: '{ tcp = true }' }),
  )
  // Some seconds of flood, at tens of megabytes a second: as long as it takes the sampler to look a few times.
  project.smoke(
    'd1',
    smokeOf(`    await step('it floods', () => within('60s', () => existsSync('enough')))`, {
      uses: ['within'],
      budget: '80s',
    }).replace('\n', "\nimport { existsSync } from 'node:fs'\n"),
  )
  const tool = startVerify(project)
  await tool.event('daemon.sampled', ({ atMs }) => atMs > 2_500)
  // The tail is kept in two halves. When the older one is replaced, something has been left out.
  const older = join(project.root, 'logs/latest/daemons/web.log.tail-1')
  const writtenAt = () => statSync(older, { throwIfNoEntry: false })?.mtimeMs
  const first = await until('an older half of the tail', writtenAt)
  await until('another one', () => writtenAt() !== first)
  project.write('enough', '')
  const finished = await tool.finished
  expect(finished.code, finished.stdout).toBe(0)
  const log = finished.read('daemons/web.log')
  expect(log.startsWith('the first line\n')).toBe(true)
  expect(log).toMatch(/\d+ bytes left out/)
  expect(log.length).toBeLessThan(32 * 2 ** 20)
  await expectNothingLeft(finished)
})

it('escapes and bytes that are no text never reach the terminal', async () => {
  const raw = Buffer.from([
    0, 0xff, 0xfe, 0x1b, 0x5b, 0x32, 0x4a, 0x1b, 0x5d, 0x30, 0x3b, 0x78, 7, 0x9b, 0x0d, 10,
  ])
  const print = ['\u001b[2J\u001b[31mred\u001b[0m', '\u001b]0;title\u0007untitled', '\u202etxet']
  const finished = await verify(
    projectWith(daemon('web', { orders: { raw: raw.toString('base64'), print, exit: 1 } })),
  )
  expect(finished.code).toBe(3)
  expect(finished.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ web exited with code 1, <time> after it was started, before it was ready
        last 4 lines of web's log:
          ����
          red
          untitled
          �txet
        next: mend what its log says, or correct "command" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a daemon that closes stdout and stderr is a daemon like any other', async () => {
  const finished = await verify(projectWith(daemon('web', { orders: listening({ closeOutput: true }) })))
  expect(finished.code, finished.stdout).toBe(0)
  expect(finished.read('daemons/web.log')).toBe('')
  await expectNothingLeft(finished)
})

it('a daemon whose last line has no end', async () => {
  const raw = Buffer.from('half a line').toString('base64')
  const finished = await verify(projectWith(daemon('web', { orders: { raw, exit: 1 } })))
  expect(finished.code).toBe(3)
  expect(finished.stdout).toContain('half a line')
  await expectNothingLeft(finished)
})

it('secrets reach no file and no terminal, whoever writes them', async () => {
  const secret = 'Gruyere-7261-secret'
  const project = createProject()
  project.stack(
    [
      stackOf(
        ['d1', 'd2'],
        daemon('web', {
          orders: listening({ print: [`password is ${secret}`] }),
          lines: [`env = { DB_PASSWORD = "${secret}", CONFIG = "{config}" }`],
        }),
      ),
      '[config.web]',
      `api_key = "${secret}"`,
      '',
    ].join('\n'),
  )
  project.smoke(
    'd1',
    smokeOf(
      `    log('${secret}')
    await step('it says what it knows', () => web.get('/${secret}', { status: 418, text: '${secret}' }))`,
      { uses: ['log'] },
    ),
  )
  project.smoke('d2', smokeOf(`    await step('it throws', () => { throw new Error('no ${secret}') })`))
  const finished = await verify(project, '--verbose')
  expect(finished.code).toBe(1)
  const holders = [
    ...(finished.stdout.includes(secret) ? ['stdout'] : []),
    ...(finished.stderr.includes(secret) ? ['stderr'] : []),
    ...filesBelow(join(project.root, 'logs')).filter((file) => readFileSync(file).includes(secret)),
  ]
  expect(holders).toEqual([])
  expect(statSync(join(finished.dir ?? '', 'daemons/web.log')).size).toBeGreaterThan(0)
  await expectNothingLeft(finished)
})
