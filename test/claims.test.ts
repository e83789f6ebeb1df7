/** `claims` of small projects: what counts as evidence, and the exit code. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ClaimsReport } from '../src/claims/types.ts'
import { createProject, type Project } from './support/project.ts'
import { daemon, smokeOf, stackOf } from './support/stacks.ts'
import { runTool, verify } from './support/tool.ts'

const claim = (id: string): string =>
  `[claims.${id}]\nsentence = "${id} holds"\nrisk = "it does not"\nseverity = "high"\n`

const smokeFor = (claims: readonly string[], body: string): string =>
  smokeOf(body).replace('needs:', `claims: ${JSON.stringify(claims)},\n  needs:`)

const GOOD = `await step('it is well', { claims: ['answers'] }, () => web.get('/health', { status: 200 }))`

function shop(claims: string, smokes: Readonly<Record<string, string>>): Project {
  const project = createProject()
  project.stack(stackOf(Object.keys(smokes), daemon('web')))
  for (const [id, source] of Object.entries(smokes)) project.smoke(id, source)
  project.write('claims.toml', claims)
  return project
}

const ask = (project: Project, ...args: readonly string[]) =>
  runTool(project, ['claims', '--stack', 'stack.toml', ...args])

const stateOf = (report: ClaimsReport, id: string) => report.claims.find((one) => one.id === id)?.state

it('says for each claim which smoke and step bears it out, and runs the gates that are asked for', async () => {
  const gates = `
[gates.door]
claims = ["opens"]
command = ["node", "-e", "console.log('the door is open')"]
[gates.roof]
claims = ["dry"]
command = ["node", "-e", "console.log('it rains in'); process.exit(3)"]
`
  const project = shop(claim('answers') + claim('opens') + claim('dry') + gates, {
    d1: smokeFor(['answers'], GOOD),
  })
  expect((await verify(project)).code).toBe(0)

  const before = await ask(project, '--json')
  expect(before.code).toBe(1)
  const first = JSON.parse(before.stdout) as ClaimsReport
  expect([stateOf(first, 'answers'), stateOf(first, 'opens')]).toEqual(['proven', 'unproven'])
  expect(first.claims[0]?.evidence).toMatchObject([
    { kind: 'smoke', smoke: 'd1', result: 'PASS', steps: [{ title: 'it is well', ok: true }] },
  ])

  const one = await ask(project, '--gates', 'door', '--json')
  expect(one.stderr).toContain('✓ gate door: passed in')
  expect(stateOf(JSON.parse(one.stdout), 'opens')).toBe('proven')

  const all = await ask(project, '--gates')
  expect(all.code).toBe(1)
  expect(all.stderr).toContain('✗ gate roof: failed with exit code 3\n    it rains in')
  expect(all.stdout).toMatch(/✗ dry \(high\) {2}BROKEN(?:\n.*)*FAIL {5}gate roof: exit code 3/)
  expect(all.stdout).toMatch(/PASS {5}smoke d1, 1 of 1 steps .*\n {15}✓ it is well/)
  expect(all.stdout).toContain('--- claims: 2 of 3 proven, 1 broken ---')
  const recorded = JSON.parse(readFileSync(join(project.root, 'logs/gates/roof.json'), 'utf8'))
  expect(recorded).toMatchObject({ exitCode: 3, outcome: 'failed', output: ['it rains in'] })

  const markdown = await ask(project, '--markdown')
  expect(markdown.stdout).toContain('| **dry**: dry holds<br>at stake: it does not | high | **broken** |')
})

it('a failed smoke breaks its claims; a claim that nobody names, and a name that is no claim, are told', async () => {
  const project = shop(claim('answers') + claim('forgotten'), {
    d1: smokeFor(
      ['answers', 'answrs'],
      `await step('it is well', () => web.get('/health', { status: 418 }))`,
    ),
  })
  await verify(project)
  const { code, stdout } = await ask(project)
  expect(code).toBe(1)
  expect(stdout).toMatch(/✗ answers \(high\) {2}BROKEN/)
  expect(stdout).toMatch(/FAIL {5}smoke d1: d1: step "it is well"/)
  expect(stdout).toMatch(/\? forgotten \(high\) {2}WITHOUT EVIDENCE/)
  expect(stdout).toContain('smoke d1 names "answrs"; did you mean "answers"?')
})

it('a file with mistakes: exit 2, with file, line, column and the nearest word', async () => {
  const project = shop(claim('answers').replace('"high"', '"hihg"'), { d1: smokeFor([], GOOD) })
  const { code, stderr } = await ask(project)
  expect(code).toBe(2)
  expect(stderr).toContain('claims.toml:4:12: error: `severity`: "hihg" is no severity; did you mean "high"?')
})

it.each([
  [['--gates', 'dor'], 'no gate named "dor"; did you mean "door"? (known: door)'],
  [['--run', 'yesterday'], 'there is no run "yesterday" (known: none'],
  [['--claims', 'none.toml'], 'none.toml: error: there is no such file'],
])('%j: exit 2, and what is wrong', async (args, message) => {
  const gate = '[gates.door]\nclaims = ["answers"]\ncommand = ["true"]\n'
  const { code, stderr } = await ask(shop(claim('answers') + gate, { d1: smokeFor([], GOOD) }), ...args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
