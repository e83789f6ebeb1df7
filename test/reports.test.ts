/** `--reporter`: each report where it was asked for, standard output pure, and nothing green when one is lost. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'tap-parser'
import { expect, it } from 'vitest'
import {
  createProject,
  daemon,
  expectNothingLeft,
  goodSmoke,
  type Project,
  report,
  runTool,
  smokeOf,
  stackOf,
  verify,
} from './support/rig.ts'

const SECRET = 'correct-horse-battery'

/** Passes, fails on a text with a secret in it, skips. */
function projectOfThree(): Project {
  const project = createProject()
  project.stack(stackOf(['d1', 'd2', 'd3'], daemon('web', { lines: [`env = { API_TOKEN = "${SECRET}" }`] })))
  project.smoke('d1', goodSmoke())
  project.smoke(
    'd2',
    smokeOf(`    await step('it is ${SECRET}', () => web.get('/health', { status: 418 }))`, {
      title: `<b>a & ]]> b</b> ${SECRET}`,
    }),
  )
  project.smoke('d3', smokeOf(`    skip('no # license')\n    void [web, step]`, { uses: ['skip'] }))
  return project
}

it('one failing run in every format: each in its place, none with a secret, all of one mind', async () => {
  const project = projectOfThree()
  const files = ['text', 'json', 'junit', 'markdown', 'tap'].flatMap((name) => [
    '--reporter',
    `${name}=out/${name}/${name}.txt`,
  ])
  const summary = project.write('summary.md', 'before\n')
  const finished = await runTool(
    project,
    ['verify', '--stack', 'stack.toml', ...files, '--reporter', 'github'],
    { env: { GITHUB_STEP_SUMMARY: summary, GITHUB_WORKSPACE: realpathSync(project.root) } },
  )
  expect(finished.code, finished.stderr).toBe(1)
  const read = (name: string): string => readFileSync(join(project.root, `out/${name}/${name}.txt`), 'utf8')

  expect(read('text')).toBe(finished.read('ledger.txt'))
  expect(JSON.parse(read('json'))).toEqual(JSON.parse(finished.read('ledger.json')))
  expect(read('junit')).toBe(finished.read('junit.xml'))
  expect(read('junit')).toContain('tests="3" failures="1" errors="0" skipped="1"')
  const parser = new Parser({ strict: true })
  parser.end(read('tap'))
  expect(parser.results).toMatchObject({ ok: false, count: 3, pass: 2, fail: 1, skip: 1 })
  expect(readFileSync(summary, 'utf8')).toBe(`before\n${read('markdown')}`)

  // People are spoken to on standard error.
  expect(finished.stderr).toContain('--- 1 PASS / 1 FAIL / 1 SKIP ---')
  const lines = finished.stdout.trimEnd().split('\n')
  expect(lines.filter((line) => !line.startsWith('::'))).toEqual(['--- 1 PASS / 1 FAIL / 1 SKIP ---'])
  expect(lines[1]).toMatch(
    /^::error file=smokes\/d2\.ts,line=11,col=\d+,title=d2%3A step "it is \[redacted\]" failed/,
  )

  for (const text of [finished.stdout, finished.read('junit.xml'), ...['tap', 'markdown'].map(read)]) {
    expect(text).not.toContain(SECRET)
  }
  await expectNothingLeft(finished)
})

it('what cannot be is told before anything runs', async () => {
  const project = projectOfThree()
  const specs = ['juint', 'tap', 'text', 'json=smokes', 'junit=stack.toml/junit.xml']
  const finished = await verify(project, '--json', ...specs.flatMap((spec) => ['--reporter', spec]))
  expect(finished.code).toBe(2)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    error: no report format named "juint"; did you mean "junit"? (known: text, json, junit, tap, github, markdown, html)
    error: the report json cannot be written to smokes: it is a folder; name a file
    error: the report junit cannot be written to stack.toml/junit.xml: <project>/stack.toml is no folder
    error: standard output takes one report, not json and tap and text; give the others a file: --reporter text=FILE
    "
  `)
  expect(existsSync(join(project.root, 'logs'))).toBe(false)
})

it('a report that can no longer be written: evidence is lost, nothing is green, the ledger stays', async () => {
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web')))
  project.smoke(
    'd1',
    `import { writeFileSync } from 'node:fs'\n${goodSmoke()}`.replace(
      'await step',
      `writeFileSync('out', 'in the way')\n    await step`,
    ),
  )
  const finished = await verify(project, '--reporter', 'junit=out/junit.xml', '--reporter', 'text=l.txt')
  expect(finished.code).toBe(70)
  expect(finished.stdout).toContain(`evidence is lost: ${project.root}/out/junit.xml could not be written`)
  const ledger = 'PASS d1 0s\n--- 1 PASS / 0 FAIL / EVIDENCE LOST ---\n'
  expect(finished.read('ledger.txt').replace(/ \d+s$/m, ' 0s')).toBe(ledger)
  expect(readFileSync(join(project.root, 'l.txt'), 'utf8')).toBe(finished.read('ledger.txt'))
  expect(finished.read('junit.xml')).toContain('name="run: evidence lost"')
  expect(finished.events.map((event) => event.type)).toContain('evidence.lost')
  expect(readdirSync(join(project.root, 'logs'))).not.toContain('receipts')
  await expectNothingLeft(finished)
})
