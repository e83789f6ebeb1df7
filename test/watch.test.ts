/** `watch`: what is saved is tried at once, and nothing else is; whatever is broken, watching goes on. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { expectNothingLeft, until } from './support/rig.ts'
import type { ToolOptions } from './support/tool.ts'
import {
  answering,
  PART,
  pidOf,
  readBack,
  remove,
  saveByRename,
  startWatch,
  WATCHED_STACK,
  WHOLE,
  wanting,
  watchedProject,
} from './support/watching.ts'

it('runs the smokes that a saved file concerns, and ends in order', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project)

  const own = await watcher.after(() => project.smoke('two', `${wanting('web')}\n`), PART)
  const shared = await watcher.after(
    () => saveByRename(project, 'smokes/support/word.ts', `export const want = 'well'\n`),
    PART,
  )
  await watcher.after(() => project.write('smokes/support/word.ts', `export const want = 'fine'\n`), PART)
  expect(own + shared).toMatchInlineSnapshot(`
    "
    changed smokes/two.ts: two
    PASS two <n>s  <time>
    --- 1 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 3 PASS / 0 FAIL ---

    changed smokes/support/word.ts: one two
    FAIL one <n>s  <time>  web answers
      ✗ one: step "as it should" failed: text
          request:  web GET http://127.0.0.1:<port>/
          expected: "well"
          received: "fine"
          at:       <project>/smokes/one.ts:9:42
    FAIL two <n>s  <time>  web answers
      ✗ two: step "as it should" failed: text
          request:  web GET http://127.0.0.1:<port>/
          expected: "well"
          received: "fine"
          at:       <project>/smokes/two.ts:9:42
    --- 0 PASS / 2 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 1 PASS / 2 FAIL ---: one two
    "
  `)

  const finished = await watcher.end()
  expect(finished.code).toBe(130)
  expect(finished.stderr).toBe('')
  expect(finished.stdout.trim().split('\n').slice(-2)).toMatchInlineSnapshot(`
    [
      "interrupted by SIGINT: stopping in order; once more to kill",
      "stopped; nothing is left",
    ]
  `)
  await expectNothingLeft(finished)
  expect(readdirSync(join(project.root, 'logs'))).toEqual(['watch'])
})

it('restarts a daemon whose module was saved, and runs the smokes that need it', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project, ['three', 'one'])
  const before = [pidOf(project, 'web.mjs'), pidOf(project, 'api.mjs')]

  const saved = await watcher.after(() => project.write('lib/answer.mjs', answering('poor')), WHOLE)
  expect(saved).toContain('changed lib/answer.mjs: restarting web, api; one three')
  expect(saved.match(/^(?:PASS|FAIL) \w+ <n>s/gm)).toEqual(['FAIL one <n>s', 'FAIL three <n>s'])
  const after = [pidOf(project, 'web.mjs'), pidOf(project, 'api.mjs')]
  expect(after.every((pid) => !before.includes(pid))).toBe(true)

  // Only api is started again, and only what needs it runs.
  const script = await watcher.after(
    () => project.write('api.mjs', `${readBack(project, 'api.mjs')}// saved\n`),
    PART,
  )
  expect(script).toContain('changed api.mjs: restarting api; three\n')
  expect(pidOf(project, 'web.mjs')).toBe(after[0])

  // A daemon that no longer starts blocks its smokes; mended, all is well.
  const broken = await watcher.after(() => project.write('lib/answer.mjs', 'export const answer = ('), WHOLE)
  expect(broken).toContain('✗ web exited with code 1')
  expect(broken).toContain('SyntaxError: ')
  expect(broken).not.toContain('node:internal')
  expect(broken).toContain('BLOCKED one <n>s  web is not running\n')
  const mended = await watcher.after(() => project.write('lib/answer.mjs', answering('fine')), WHOLE)
  expect(mended).toContain('--- 2 PASS / 0 FAIL --- saved → verdict <time>')
  await expectNothingLeft(await watcher.end())
})

it('shows what is wrong with a file, and goes on', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project)
  const good = readBack(project, 'smokes/two.ts')

  const halfWritten = await watcher.after(() => project.smoke('two', good.slice(0, -20)), PART)
  const mended = await watcher.after(() => project.smoke('two', good), PART)
  const gone = await watcher.after(() => remove(project, 'smokes/two.ts'), PART)
  const back = await watcher.after(() => project.smoke('two', good), PART)
  expect(halfWritten + mended + gone + back).toMatchInlineSnapshot(`
    "
    changed smokes/two.ts: two
    FAIL two <n>s  <time>  web answers
      ✗ two: its file could not be loaded: syntax error: Expected ',', got '<eof>'
          at: <project>/smokes/two.ts:9:1
          next: the file must import cleanly and have smoke({...}) as its default export
    --- 0 PASS / 1 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 2 PASS / 1 FAIL ---: two

    changed smokes/two.ts: two
    PASS two <n>s  <time>
    --- 1 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 3 PASS / 0 FAIL ---

    changed smokes/two.ts: two
    FAIL two <n>s  <time>  web answers
      ✗ two: its file could not be loaded: no file for the smoke "two"
          next: the file must import cleanly and have smoke({...}) as its default export
    --- 0 PASS / 1 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 2 PASS / 1 FAIL ---: two

    changed smokes/two.ts: two
    PASS two <n>s  <time>
    --- 1 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 3 PASS / 0 FAIL ---
    "
  `)
  await expectNothingLeft(await watcher.end())
})

it('takes over a changed stack file: what it changes is restarted, what is wrong is shown', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project)
  const web = pidOf(project, 'web.mjs')

  const wrong = await watcher.after(
    () => project.stack(WATCHED_STACK.replace('needs = ["web"]', 'need = ["web"]')),
    /runs on as it was.*\n/,
  )
  const same = await watcher.after(() => project.stack(`${WATCHED_STACK}\n`), /nothing that runs.*\n/)
  const added = await watcher.after(
    () => project.stack(WATCHED_STACK.replace('"three"]', '"three", "four"]')),
    PART,
  )
  const come = await watcher.after(() => project.smoke('four', wanting('api')), PART)
  const other = await watcher.after(() => project.smoke('five', wanting('api')), /is new.*\n/)
  const changed = await watcher.after(
    () =>
      project.stack(
        WATCHED_STACK.replace('"three"]', '"three", "four"]').replace(
          '"api.mjs",',
          '"--no-warnings", "api.mjs",',
        ),
      ),
    PART,
  )
  expect(wrong + same + added + come + other + changed).toMatchInlineSnapshot(`
    "
    stack.toml:12:1: error: unknown key \`need\`; did you mean \`needs\`?
      12 | need = ["web"]
         | ^^^^
    The stack runs on as it was.

    the stack file: nothing that runs is written differently

    changed stack.toml: four
    FAIL four <n>s  <time>
      ✗ four: its file could not be loaded: no file for the smoke "four"
          next: the file must import cleanly and have smoke({...}) as its default export
    --- 0 PASS / 1 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 4: --- 3 PASS / 1 FAIL ---: four

    changed smokes/four.ts: four
    PASS four <n>s  <time>
    --- 1 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 4: --- 4 PASS / 0 FAIL ---

    five.ts is new: add "five" to the chain of the stack file to run it

    changed stack.toml: restarting api; three four
      ready api  <time>
    PASS three <n>s  <time>
    PASS four <n>s  <time>
    --- 2 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 4: --- 4 PASS / 0 FAIL ---
    "
  `)
  expect(pidOf(project, 'web.mjs')).toBe(web)
  await expectNothingLeft(await watcher.end('SIGTERM'))
})

it('tells at once of a daemon that dies while nothing runs, and starts it again when it is saved', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project, ['two'])
  const died = await watcher.after(() => process.kill(pidOf(project, 'web.mjs'), 'SIGKILL'), /key r\n/)
  const blocked = await watcher.after(() => project.smoke('two', `${wanting('web')}\n`), WHOLE)
  const saved = await watcher.after(
    () => project.write('web.mjs', `${readBack(project, 'web.mjs')}// saved\n`),
    WHOLE,
  )
  expect(died + blocked + saved).toMatchInlineSnapshot(`
    "
    ✗ web died after <time>: it was ended by SIGKILL, and nobody had asked it to stop
          web wrote nothing to its log
          next: mend what its log says; a daemon runs until it gets SIGTERM
      web is started again when one of its files changes, or with the key r

    changed smokes/two.ts: two
    BLOCKED two <n>s  web is not running
    --- 0 PASS / 0 FAIL / 1 BLOCKED --- saved → verdict <time>, <time> of it in smokes

    changed web.mjs: restarting web; two
      ready web  <time>
    PASS two <n>s  <time>
    --- 1 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    "
  `)
  await expectNothingLeft(await watcher.end())
})

/** script(1) gives it one. */
const TERMINAL: ToolOptions = {
  through: (command) => ['script', '-qec', command.join(' '), '/dev/null'],
  env: { TERM: 'xterm', SHELL: '/bin/sh', NO_COLOR: '1' },
  typing: true,
}

/** A smoke that tells by a file that it has come to its wait, and goes on when another is there. */
const waiting = wanting(
  'web',
  `    const { existsSync, writeFileSync } = await import('node:fs')
    writeFileSync('reached', '')
    await step('it goes on', () => within('25s', () => existsSync('go')))`,
)

it('cuts short the smoke that a newer change concerns', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project)
  const overtaken = await watcher.after(async () => {
    project.smoke('one', waiting)
    await until('the smoke to wait', () => existsSync(join(project.root, 'reached')))
    project.smoke('one', wanting('web'))
  }, PART)
  expect(overtaken).toMatchInlineSnapshot(`
    "
    changed smokes/one.ts: one
    changed smokes/one.ts: cutting short the smoke that runs

    changed smokes/one.ts: one
    PASS one <n>s  <time>
    --- 1 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 3 PASS / 0 FAIL ---
    "
  `)
  await expectNothingLeft(await watcher.end())
})

it('lets the smoke that runs come to its end when a change concerns others, and leaves out none', async () => {
  const project = watchedProject()
  project.smoke('one', waiting)
  project.write('go', '')
  const watcher = await startWatch(project)
  remove(project, 'go')
  remove(project, 'reached')
  const overtaken = await watcher.after(async () => {
    project.write('smokes/support/word.ts', `export const want = 'fine' // saved\n`)
    await until('the smoke to wait', () => existsSync(join(project.root, 'reached')))
    await watcher.after(
      () => project.write('api.mjs', `${readBack(project, 'api.mjs')}// saved\n`),
      /: next\n/,
    )
    project.write('go', '')
  }, PART)
  expect(overtaken).toMatchInlineSnapshot(`
    "
    changed smokes/support/word.ts: one two
    changed api.mjs: next
    PASS one <n>s  <time>

    changed api.mjs: restarting api; two three
      ready api  <time>
    PASS two <n>s  <time>
    PASS three <n>s  <time>
    --- 2 PASS / 0 FAIL --- saved → verdict <time>, <time> of it in smokes
    of all 3: --- 3 PASS / 0 FAIL ---
    "
  `)
  await expectNothingLeft(await watcher.end())
})

it.runIf(process.platform === 'linux')(
  'ends with 0 when it is told to end and everything has passed',
  async () => {
    const watcher = await startWatch(watchedProject(), ['one'], TERMINAL)
    watcher.tool.child.stdin?.write('q')
    expect((await watcher.tool.finished).code).toBe(0)
  },
)

it.runIf(process.platform === 'linux')('has keys on a terminal', async () => {
  const project = watchedProject()
  const watcher = await startWatch(project, ['one', 'two'], TERMINAL)
  const type = (keys: string) => () => watcher.tool.child.stdin?.write(keys)
  const all = await watcher.after(type('a'), /^--- .*\n/m)
  const failed = await watcher.after(type('f'), /^nothing has failed.*\n/m)
  const named = await watcher.after(type('rw\r'), /^--- .*\n/m)
  await watcher.after(() => process.kill(pidOf(project, 'web.mjs'), 'SIGKILL'), /key r\n/)
  const broken = await watcher.after(type('r'), /^--- .*\n/m)
  await watcher.after(() => project.write('lib/answer.mjs', answering('poor')), WHOLE)
  const again = await watcher.after(type('\r'), /^--- .*\n/m)
  const unknown = await watcher.after(type('?'), /q quit.*\n/)
  expect(all + failed + named + broken + unknown).toMatchInlineSnapshot(`
    "
    all: one two
    PASS one <n>s  <time>
    PASS two <n>s  <time>
    --- 2 PASS / 0 FAIL --- <time> in smokes

    nothing has failed

    restart which daemon? w

    restart: restarting web; one two
      ready web  <time>
    PASS one <n>s  <time>
    PASS two <n>s  <time>
    --- 2 PASS / 0 FAIL --- <time> in smokes

    restart: restarting web; one two
      ready web  <time>
    PASS one <n>s  <time>
    PASS two <n>s  <time>
    --- 2 PASS / 0 FAIL --- <time> in smokes

    a all · f failed · Enter again · r restart · q quit
    "
  `)
  expect(again).toContain('again: one two\n')
  type('q')()
  const finished = await watcher.tool.finished
  expect(finished.code).toBe(1)
  await expectNothingLeft({ ...finished, pid: 0 })
})
