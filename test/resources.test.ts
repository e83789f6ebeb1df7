/** Budgets of a daemon, kept and exceeded in one chain; and what a run tells of what was used. */
import { expect, it } from 'vitest'
import { parseLedgerJson } from '../src/ledger/json.ts'
import {
  causes,
  createProject,
  daemon,
  expectNothingLeft,
  goodSmoke,
  listening,
  smokeOf,
  stackOf,
  verify,
} from './support/rig.ts'

const ask = (...commands: readonly string[]): string =>
  smokeOf(
    commands
      .map(
        (command) => `    await step('${command}', () => web.post('${command}', undefined, { status: 200 }))`,
      )
      .join('\n'),
  )

it.runIf(process.platform === 'linux')(
  'a budget fails the smoke that exceeded it, and no other',
  async () => {
    const project = createProject()
    const budgets = ['max_cpu = "400ms"', 'max_fds = 200']
    project.stack(
      stackOf(
        ['modest', 'busy', 'calm', 'leaky', 'next', 'elsewhere'],
        daemon('web', { lines: budgets }),
        daemon('other'),
      ),
    )
    project.smoke('modest', ask('/burn/30', '/open/40'))
    project.smoke('busy', ask('/burn/600'))
    project.smoke('calm', ask('/burn/30'))
    project.smoke('leaky', ask('/open/300'))
    project.smoke('next', goodSmoke())
    project.smoke('elsewhere', goodSmoke('other'))
    const finished = await verify(project, '--timing')
    expect(finished.code).toBe(1)
    const seen = causes(finished)
      .replace(/used [\d.<>a-z]+ of CPU/, 'used <time> of CPU')
      .replace(/has \d+ files/, 'has <n> files')
    expect(seen.slice(0, seen.indexOf('\nboot '))).toMatchInlineSnapshot(`
      "
      FAIL busy  the puppet answers
        ✗ web used <time> of CPU time with its children while busy ran; "max_cpu" allows 0.<time>
            next: find what it computes, or raise "max_cpu" of web
        log of web:
          listening <clock>
          up
        rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only busy

      FAIL leaky  the puppet answers
        ✗ web has <n> files open with its children, sockets and pipes included; "max_fds" allows 200
            seen <time> after it was started
            next: find what is never closed, or raise "max_fds" of web
        log of web:
          listening <clock>
          up
        rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only leaky

      BLOCKED next
        web is not running
      "
    `)

    const { rows, daemons } = parseLedgerJson(finished.read('ledger.json'))
    expect(rows.map((row) => `${row.class} ${row.smoke}`)).toEqual([
      'PASS modest',
      'FAIL busy',
      'PASS calm',
      'FAIL leaky',
      'BLOCKED next',
      'PASS elsewhere',
    ])
    const [modest, busy, calm, leaky, next] = rows.map((row) => row.resources)
    const web = { modest: modest?.daemons['web'], busy: busy?.daemons['web'], calm: calm?.daemons['web'] }
    // User and system time are each told in whole ticks, at both ends.
    expect(web.busy?.cpuSeconds).toBeGreaterThan(0.6 - 0.04)
    expect(web.modest?.cpuSeconds).toBeLessThan(0.4)
    expect(web.calm?.cpuSeconds).toBeLessThan(0.4)
    expect(leaky?.daemons['web']?.fds).toBeGreaterThan(300)
    expect(busy?.own?.peakRssBytes).toBeGreaterThan(2 ** 20)
    expect(busy?.daemons['other']?.threads).toBeGreaterThan(0)
    expect(next).toBeUndefined()

    const [first] = daemons ?? []
    expect(first).toMatchObject({ daemon: 'web', incarnations: 1, limits: { maxCpuMs: 400, maxFds: 200 } })
    const inSmokes = rows.reduce((sum, row) => sum + (row.resources?.daemons['web']?.cpuSeconds ?? 0), 0)
    // The boot is on top.
    expect(first?.resources?.cpuSeconds).toBeGreaterThanOrEqual(inSmokes)
    expect(first?.resources?.fds).toBeGreaterThan(300)
    expect(finished.stdout).toMatch(/^ {2}web +\d\.\d\d s +[\d.]+ MiB +\d+ +3\d\d\/200 +\d+ B$/m)
    expect(finished.stdout).toMatch(/^ {2}busy +.*web 0\.[5-9]\d s/m)
    await expectNothingLeft(finished)
  },
)

it.runIf(process.platform === 'linux')(
  'a budget that is exceeded before the first smoke is nobody’s but the daemon’s',
  async () => {
    const project = createProject()
    const leaky = daemon('web', { orders: listening({ files: 300 }), lines: ['max_fds = 200'] })
    project.stack(stackOf(['d1', 'd2'], leaky, daemon('other')))
    project.smoke('d1', goodSmoke())
    project.smoke('d2', goodSmoke('other'))
    const finished = await verify(project)
    expect(finished.code).toBe(1)
    expect(finished.stdout).toMatch(/✗ web has 3\d\d files open .*; "max_fds" allows 200/)
    expect(finished.stdout).toMatch(
      /^BLOCKED d1 0s\nPASS d2 \d+s\n--- 1 PASS \/ 0 FAIL \/ 1 BLOCKED \/ 1 DIED ---$/m,
    )
    await expectNothingLeft(finished)
  },
)

it.runIf(process.platform === 'linux')('a program that is a smoke is measured, too', async () => {
  const project = createProject()
  project.stack(stackOf(['loop'], daemon('web')))
  const loop = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'
  project.write('smokes/loop.sh', `#!/bin/sh\n# needs: web\n${loop}\necho done\n`, 0o755)
  const finished = await verify(project)
  expect(finished.code, finished.stdout).toBe(0)
  const [row] = parseLedgerJson(finished.read('ledger.json')).rows
  expect(row?.resources?.own?.cpuSeconds).toBeGreaterThan(0)
  expect(row?.resources?.own?.loggedBytes).toBe(5)
})
