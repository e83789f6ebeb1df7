/** Smokes that misbehave: each fails with its cause, and the next one runs as if nothing had happened. */
import { expect, it } from 'vitest'
import {
  causes,
  createProject,
  daemon,
  expectNothingLeft,
  goodSmoke,
  ledger,
  listening,
  type Project,
  report,
  smokeOf,
  stackOf,
  verify,
} from './support/rig.ts'

/** The smoke `bad` between two good ones. */
function projectWith(source: string, web: string = daemon('web')): Project {
  const project = createProject()
  project.stack(stackOf(['before', 'bad', 'after'], web))
  project.smoke('before', goodSmoke())
  project.smoke('bad', source)
  project.smoke('after', goodSmoke())
  return project
}

/** `calls process.exit` → `calls-process-exit` */
const idOf = (what: string): string => what.replaceAll(/[^a-z]+/g, '-')

/** Runs all of these in one chain, a good smoke after each, and shows how each was told. */
async function expectOnlyTheseFail(
  whats: readonly string[],
  add: (project: Project, what: string) => void,
): Promise<void> {
  const project = createProject()
  const chain = whats.flatMap((what) => [idOf(what), `after-${idOf(what)}`])
  // Ready when its last line has been read: that is in every tail of its log, also right after a start.
  project.stack(stackOf(chain, daemon('web', { ready: '{ log = "^up$" }' })))
  for (const what of whats) {
    add(project, what)
    project.smoke(`after-${idOf(what)}`, goodSmoke())
  }
  const finished = await verify(project)
  expect(finished.code, finished.stdout).toBe(1)
  const rows = whats.map((what) => `FAIL ${idOf(what)} <n>s\nPASS after-${idOf(what)} <n>s\n`)
  expect(ledger(finished)).toBe(`\n${rows.join('')}--- ${whats.length} PASS / ${whats.length} FAIL ---\n`)
  const told =
    causes(finished)
      .split('\nstack test')[0]
      ?.split(/^(?=FAIL )/m) ?? []
  for (const what of whats) {
    const blocks = told.filter((block) => block.startsWith(`FAIL ${idOf(what)} `))
    expect(blocks.join('---\n').trimEnd()).toMatchSnapshot(what)
  }
  await expectNothingLeft(finished)
}

const BAD: Readonly<Record<string, string>> = {
  throws: smokeOf(`    await step('something breaks', () => { throw new TypeError('the till is jammed') })`),
  'throws outside of a promise': smokeOf(
    `    await step('it waits for ever', () => {
      setTimeout(() => { throw new Error('late') }, 1)
      return within('20s', () => false)
    })`,
    { uses: ['within'] },
  ),
  hangs: smokeOf(`    await step('nothing happens', () => new Promise(() => undefined))`, { budget: '2s' }),
  loops: smokeOf(`    await step('it turns in circles', () => { for (;;); })`, { budget: '2s' }),
  'calls process.exit': smokeOf(`    await step('it leaves', () => process.exit(0))`),
  'kills itself': smokeOf(`    await step('it dies', () => { process.kill(process.pid, 'SIGKILL') })`),
  'proves nothing': smokeOf(`    await step('it only looks', async () => { await web.get('/health') })`),
  'has no step': smokeOf('    void [web, step]'),
  'leaves a child': smokeOf(
    `    await step('it starts a child', () => web.get('/health', { status: 200 }))
    spawn('sleep', ['3210'], { detached: true, stdio: 'ignore' }).unref()`,
  ),
  'forgets to await': smokeOf(`    step('it answers', () => web.get('/health', { status: 200 }))`),
  'leaves a rejection': smokeOf(
    `    await step('it answers', () => web.get('/health', { status: 200 }))
    void Promise.reject(new Error('nobody listens'))
    await step('it answers still', () => web.get('/health', { status: 200 }))`,
  ),
  'leaves a daemon stopped': smokeOf(
    `    await step('it answers', () => web.get('/health', { status: 200 }))
    await stack.stop('web')`,
    { uses: ['stack'] },
  ),
  'expects what is not': smokeOf(
    `    await step('it is a teapot', () =>
      web.get('/health', { status: 418, json: { status: 'tea', cups: match.number({ min: 1 }) } }))`,
    { why: 'guests are thirsty' },
  ),
  'waits in vain': smokeOf(`    await step('it gets to three', () => within('300ms', async () => 2, 3))`, {
    uses: ['within'],
  }),
  'needs what it does not name': smokeOf(
    `    await step('it asks another', () => db.get('/', { status: 200 }))`,
  ).replace('{ web, step', '{ web, db, step'),
}

it('smokes that misbehave: each fails with its cause, and the next one runs as if nothing had happened', () =>
  expectOnlyTheseFail(Object.keys(BAD), (project, what) => project.smoke(idOf(what), BAD[what] ?? '')))

it('a smoke whose daemon never answers', async () => {
  const finished = await verify(
    projectWith(
      smokeOf(
        `    await step('it falls ill', () => web.post('/health/hang', undefined, { status: 200 }))
    await step('it never answers', () => web.get('/health', { status: 200 }, { timeout: '300ms' }))`,
      ),
    ),
    '--only',
    'bad',
  )
  expect(finished.code).toBe(1)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    FAIL bad  the puppet answers
      ✗ bad: step "it never answers" failed: no answer
          request:  web GET http://127.0.0.1:<port>/health
          expected: an answer
          received: none within <time>
          at:       <project>/smokes/bad.ts:12:46
      log of web:
        listening <clock>
        up
      rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only bad

    1 of 3 smokes selected: not the whole chain, so the gate does not count it
    stack test · …
    FAIL bad <n>s
    --- 0 PASS / 1 FAIL ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a smoke that gets 1 GB', async () => {
  const project = projectWith(
    goodSmoke(),
    daemon('web', { orders: listening({ health: 'huge' }), ready: '{ tcp = true }' }),
  )
  const finished = await verify(project, '--only', 'bad')
  expect(finished.code).toBe(1)
  expect(finished.stdout).toContain('received: none (too-large: the body is longer than 314572800 bytes)')
  await expectNothingLeft(finished)
})

it('skips with a reason', async () => {
  const project = projectWith(
    smokeOf(`    skip('no license on this machine')\n    void [web, step]`, { uses: ['skip'] }),
  )
  const finished = await verify(project)
  expect(finished.code).toBe(0)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 1 daemon
      ready web  <time>
    up in <time>
    PASS before <n>s
    SKIP bad <n>s
    PASS after <n>s

    SKIP bad  no license on this machine

    stack test · …
    PASS before <n>s
    SKIP bad <n>s
    PASS after <n>s
    --- 2 PASS / 0 FAIL / 1 SKIP ---
    "
  `)
  await expectNothingLeft(finished)
})

/** Waits until the child is what it was started to be: before that it bears the name of the script. */
const UNTIL_IT_SLEEPS =
  "until { cat /proc/$!/cmdline 2>/dev/null || ps -o args= -p $!; } | grep -q '^sleep'; do :; done"

const SHELL: Readonly<Record<string, string>> = {
  'says no': '# title: a script says no\n# needs: web\necho about to fail\nexit 3',
  'fails a point':
    "# title: a point fails\n# needs: web\necho 1..2\necho 'ok 1 - one'\necho 'not ok 2 - two'",
  'misses its plan': "# title: a point is missing\n# needs: web\necho 1..3\necho 'ok 1 - one'",
  hangs: '# title: a script hangs\n# needs: web\n# budget: 1s\nsleep 3211',
  'leaves a child': `# title: a child is left\n# needs: web\nsleep 3212 &\n${UNTIL_IT_SLEEPS}\nexit 0`,
}

it('shell scripts that misbehave', () =>
  expectOnlyTheseFail(Object.keys(SHELL), (project, what) =>
    project.write(`smokes/${idOf(what)}.sh`, `#!/bin/sh\n${SHELL[what]}\n`, 0o755),
  ))

it('a shell script that passes', async () => {
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web')))
  project.write(
    'smokes/d1.sh',
    '#!/bin/sh\n# title: the script sees the daemon\n# needs: web\ntest -n "$SMOKECHAIN_WEB_URL"\n',
    0o755,
  )
  const finished = await verify(project)
  expect(finished.code, finished.stdout).toBe(0)
  await expectNothingLeft(finished)
})

it('--bail ends after the first that does not pass', async () => {
  const finished = await verify(projectWith(BAD['throws'] ?? ''), '--bail')
  expect(finished.code).toBe(1)
  expect(finished.read('ledger.txt')).toMatch(
    /^PASS before \d+s\nFAIL bad \d+s\nNOT RUN after \d+s\n--- 1 PASS \/ 1 FAIL \/ 1 NOT RUN ---\n$/,
  )
  await expectNothingLeft(finished)
})

/** Faults of smoke files, told before anything is started. */
const INVALID: Readonly<Record<string, string>> = {
  'does not parse': `import { smoke } from 'smokechain'\nexport default smoke({ title: 'x' needs: [] })\n`,
  'imports what is not there': `import { x } from './nowhere.ts'\nexport default x\n`,
  'exports no smoke': `export default { title: 'x' }\n`,
  'needs an unknown daemon': smokeOf(`    void [step]`, { needs: ['wep'] }),
  'has an unknown field': smokeOf(`    void [web, step]`).replace('budget:', 'bugdet:'),
  'has a malformed budget': smokeOf(`    void [web, step]`, { budget: 'soon' }),
  'throws while it is loaded': `throw new Error('not today')\n`,
  'ends its process while it is loaded': `process.exit(0)\n`,
}

it('smoke files that cannot be loaded, all told in one go', async () => {
  const project = createProject()
  const whats = Object.keys(INVALID)
  project.stack(stackOf([...whats.map(idOf), 'good'], daemon('web')))
  for (const what of whats) project.smoke(idOf(what), INVALID[what] ?? '')
  project.smoke('good', goodSmoke())
  const finished = await verify(project)
  expect(finished.code, finished.stdout + finished.stderr).toBe(2)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    error: smokes/does-not-parse.ts:2:35: syntax error: Expected ',', got 'ident'
    error: smokes/imports-what-is-not-there.ts: an import leads nowhere: Cannot find module '<project>/smokes/nowhere.ts' imported from <project>/smokes/imports-what-is-not-there.ts
    error: smokes/exports-no-smoke.ts: the default export is no smoke; write: export default smoke({ … })
    error: smokes/needs-an-unknown-daemon.ts:8:12: needs "wep", which is no daemon of this stack; did you mean "web"?
    error: smokes/has-an-unknown-field.ts:9:3: unknown field "bugdet"; did you mean "budget"?
    error: smokes/has-a-malformed-budget.ts:9:3: "budget" must be a number with a unit: 250ms, 15s, 1.5m, 1h
    error: smokes/throws-while-it-is-loaded.ts:1:7: it threw while it was loaded: Error: not today
    error: smokes/ends-its-process-while-it-is-loaded.ts: its process ended while it was loaded (code 0)
    "
  `)
  expect(finished.events.some((event) => event.type === 'daemon.spawned')).toBe(false)
  await expectNothingLeft(finished)
})

it('smokes of the chain without a usable file, all told in one go', async () => {
  const project = createProject()
  project.stack(stackOf(['d1', 'd2', 'oders', 'twice', 'script'], daemon('web')))
  for (const id of ['d1', 'orders', 'twice']) project.smoke(id, goodSmoke())
  project.write('smokes/twice.js', goodSmoke())
  project.write('smokes/script.sh', '#!/bin/sh\nexit 0\n')
  const finished = await verify(project)
  expect(finished.code).toBe(2)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    error: smokes/d2.ts: no file for the smoke "d2"; the nearest is d1.ts
    error: smokes/oders.ts: no file for the smoke "oders"; the nearest is orders.ts
    error: smokes/twice.ts: two files for the smoke "twice": twice.js and twice.ts; keep one
    error: smokes/script.sh: script.sh is not executable; make it so: chmod +x <project>/smokes/script.sh
    "
  `)
  await expectNothingLeft(finished)
})

it('a smoke is told the PID of a daemon, before a restart and after it', async () => {
  const project = createProject()
  project.stack(stackOf(['pids'], daemon('web')))
  project.smoke(
    'pids',
    smokeOf(
      `    const pids = []
    for (const round of ['first', 'second']) {
      await step(\`the \${round} process is alive\`, async () => {
        pids.push(stack.describe('web').pid)
        expect('that a signal reaches it', process.kill(pids.at(-1), 0), true)
      })
      await stack.restart('web')
    }
    await step('it was another process', () => expect('they differ', pids[0] !== pids[1], true))`,
      { uses: ['expect', 'stack'] },
    ),
  )
  const finished = await verify(project)
  expect(ledger(finished), finished.stdout).toBe('\nPASS pids <n>s\n--- 1 PASS / 0 FAIL ---\n')
  await expectNothingLeft(finished)
})
