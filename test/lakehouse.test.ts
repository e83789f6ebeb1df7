/**
 * The shipped platform with one behaviour of one daemon broken: the smoke that claims it fails, and says what was
 * expected and what came. (The catalogue of all such faults is `just faults`.)
 */
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createProject, expectNothingLeft, type Finished, quote, verify } from './support/rig.ts'
import { REPOSITORY } from './support/tool.ts'

const FALSE_DAEMON = fileURLToPath(new URL('./fixtures/false-daemon.mjs', import.meta.url))

/** The shipped stack in a project of its own, with this lie in front of this daemon. */
async function verifyWithLie(lie: string, service: string, smoke: string): Promise<Finished> {
  const project = createProject()
  for (const shared of ['lakehouse', 'smokes', 'node_modules', 'package.json']) {
    symlinkSync(join(REPOSITORY, shared), join(project.root, shared))
  }
  const main = `lakehouse/${service}/main.ts`
  const honest = new RegExp(`command = \\["node", [^\\]]*"${main}"\\]`)
  const dev = readFileSync(join(REPOSITORY, 'stacks/dev.toml'), 'utf8')
  expect(dev).toMatch(honest)
  const dishonest = ['node', FALSE_DAEMON, lie, service, main].map(quote).join(', ')
  project.stack(dev.replace(honest, `command = [${dishonest}]`))
  const finished = await verify(project, '--only', smoke)
  await expectNothingLeft(finished)
  return finished
}

it.each([
  {
    lie: 'stores nothing',
    service: 'storaged',
    smoke: 'd2',
    says: /request: {2}storaged GET .*\n +expected: 200\n +received: 404/,
  },
  {
    lie: 'drops the last row',
    service: 'ingestd',
    smoke: 'd4',
    says: /\$\.rows\n.*\n? +expected: 3\n +received: 2/,
  },
  {
    lie: 'returns an extra row',
    service: 'queryd',
    smoke: 'd5',
    says: /request: {2}queryd POST .*\n +expected: 2 items: .*\n +received: 3 items: /,
  },
])('$service $lie: $smoke fails, and says what was expected and received', async (o) => {
  const { code, stdout } = await verifyWithLie(o.lie, o.service, o.smoke)
  expect(code, stdout).toBe(1)
  expect(stdout).toMatch(new RegExp(`^FAIL ${o.smoke} \\d+s$`, 'm'))
  expect(stdout).toMatch(o.says)
})
