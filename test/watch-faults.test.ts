/** `watch` and what is broken for good: nothing holds up the next save, and nothing is left. */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { expectNothingLeft, findFreePort, holdPort, runTool, until } from './support/rig.ts'
import {
  PART,
  pidOf,
  readBack,
  remove,
  startWatch,
  WATCHED_STACK,
  watchedProject,
} from './support/watching.ts'

it('does not wait for a smoke that hangs while it is loaded: neither the next save nor Ctrl-C', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project)
  const good = readBack(project, 'smokes/two.ts')
  const hanging = `import { writeFileSync } from 'node:fs'\nwriteFileSync('reached', '')\nfor (;;);\n${good}`
  const mended = await watcher.after(async () => {
    project.smoke('two', hanging)
    await until('the smoke to be loaded', () => existsSync(join(project.root, 'reached')))
    project.smoke('two', good)
  }, PART)
  expect(mended).toMatchInlineSnapshot(`
    "
    changed smokes/two.ts: two
    changed smokes/two.ts: next

    changed smokes/two.ts: two
    PASS two <n>s  <time>
    --- 1 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 3 PASS / 0 FAIL ---
    "
  `)
  remove(project, 'reached')
  project.smoke('two', hanging)
  await until('the smoke to be loaded', () => existsSync(join(project.root, 'reached')))
  const interruptedAt = performance.now()
  const finished = await watcher.end()
  expect(finished.code).toBe(130)
  // Loading alone may take 20 s.
  expect(performance.now() - interruptedAt).toBeLessThan(15_000)
  await expectNothingLeft(finished)
})

it('does not wait for a daemon that does not come up, once that is saved again', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project)
  const good = readBack(project, 'api.mjs')
  const mended = await watcher.after(async () => {
    project.write(
      'api.mjs',
      `import { writeFileSync } from 'node:fs'\nwriteFileSync('reached', '')\nsetInterval(() => 0, 1e6)\n`,
    )
    await until('the daemon to run', () => existsSync(join(project.root, 'reached')))
    project.write('api.mjs', good)
  }, PART)
  expect(mended).toMatchInlineSnapshot(`
    "
    changed api.mjs: restarting api; three
    changed api.mjs: next

    changed api.mjs: three
      ready api  <time>
    PASS three <n>s  <time>
    --- 1 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 3 PASS / 0 FAIL ---
    "
  `)
  await expectNothingLeft(await watcher.end())
})

it('goes on with the daemons that come up when one does not', async () => {
  const project = watchedProject()
  const { port, child } = await holdPort({ port: await findFreePort() })
  const table = '[daemons.api]\ncommand = ["node", "api.mjs", "{port}"]\nbind = "127.0.0.1:'
  project.stack(WATCHED_STACK.replace(`${table}0"`, `${table}${port}"`))
  const watcher = await startWatch(project)
  expect(watcher.tool.stdout).toContain(`✗ api cannot bind 127.0.0.1:${port}: held by PID ${child.pid}`)
  expect(watcher.tool.stdout).toMatch(/^PASS one .*\nPASS two .*\nBLOCKED three 0s {2}api is not running\n/m)
  // The port is given up: what was broken is tried again with its next save.
  child.kill('SIGKILL')
  await once(child, 'exit')
  const saved = await watcher.after(
    () => project.write('api.mjs', `${readBack(project, 'api.mjs')}// saved\n`),
    PART,
  )
  expect(saved).toContain('--- 1 PASS / 0 FAIL --- saved → verdict')
  await expectNothingLeft(await watcher.end(), { except: [port] })
})

it('restarts only who reads the configuration when that has changed', async () => {
  const project = watchedProject()
  const reads = WATCHED_STACK.replace(
    '["node", "api.mjs", "{port}"]',
    '["node", "api.mjs", "{port}", "{config}"]',
  )
  project.stack(`${reads}[config.api]\nn = 1\n`)
  const watcher = await startWatch(project)
  const web = pidOf(project, 'web.mjs')
  const changed = await watcher.after(() => project.stack(`${reads}[config.api]\nn = 2\n`), PART)
  expect(changed).toContain('changed stack.toml: restarting api; three\n')
  expect(pidOf(project, 'web.mjs')).toBe(web)
  await expectNothingLeft(await watcher.end())
})

it('restarts a daemon for files that its `watch` names, and no other', async () => {
  const project = watchedProject()
  project.write('sql/one/a.sql', 'old')
  project.stack(WATCHED_STACK.replace('needs = ["web"]', 'needs = ["web"]\nwatch = ["sql/**/*.sql"]'))
  const watcher = await startWatch(project)
  project.write('sql/one/a.txt', 'no')
  const added = await watcher.after(() => project.write('sql/two/b.sql', 'new'), PART)
  const changed = await watcher.after(() => project.write('sql/one/a.sql', 'new'), PART)
  expect(added).toContain('changed sql/two/b.sql: restarting api; three\n')
  expect(changed).toContain('changed sql/one/a.sql: restarting api; three\n')
  await expectNothingLeft(await watcher.end())
})

it('leaves nothing when it is killed', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project)
  const finished = await watcher.end('SIGKILL')
  await expectNothingLeft(finished, { killed: true })
})

it('fails at once when there is nothing that it could watch', async () => {
  const project = watchedProject()
  const watch = (...args: string[]) => runTool(project, ['watch', '--stack', 'stack.toml', ...args])
  const unknown = await watch('onee')
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    'error: no smoke named "onee"; did you mean "one"? (known: one, two, three)\n',
  ])
  project.stack(WATCHED_STACK.replace('needs', 'need'))
  const invalid = await watch()
  expect(invalid.code).toBe(2)
  expect(invalid.stderr).toContain('stack.toml:7:1: error: unknown key `need`; did you mean `needs`?')
  project.stack(WATCHED_STACK.replace(/^chain.*$/m, ''))
  const empty = await watch()
  expect([empty.code, empty.stderr]).toEqual([
    4,
    'error: stack.toml has no chain of smokes: nothing to watch\n',
  ])
  expect(existsSync(join(project.root, 'logs'))).toBe(false)
})
