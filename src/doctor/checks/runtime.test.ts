import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contextOf, makeFolder, said, stackOf } from '../test-context.ts'
import { isAtLeast, runtimeCheck } from './runtime.ts'

const NODE_STACK = stackOf('[daemons.a]\ncommand = ["node", "a.ts"]')

it('refuses other systems, with one finding', async () =>
  expect(await runtimeCheck.run(contextOf({ system: { platform: 'win32' } }))).toMatchObject([
    { id: 'runtime.platform', severity: 'error' },
  ]))

it.each(['20.19.0', '22.18.0', '24.4.1'])(
  'refuses Node %s, which is too old for the tool',
  async (nodeVersion) =>
    expect(await runtimeCheck.run(contextOf({ system: { nodeVersion } }))).toMatchObject([
      { id: 'runtime.node', severity: 'error', summary: expect.stringContaining('needs 24.5 or newer') },
    ]),
)

describe('the Node of the daemons', () => {
  const ask = (version: string, root = '/project', stack = NODE_STACK) =>
    runtimeCheck.run(contextOf({ stack, root, system: { runCommand: () => said(`v${version}\n`) } }))

  it('is well when it can run their files', async () =>
    expect(await ask('24.1.0')).toMatchObject([
      { severity: 'ok' },
      { id: 'runtime.daemons-node', severity: 'ok' },
    ]))
  it('is an error when it cannot', async () =>
    expect((await ask('20.1.0'))[1]).toMatchObject({
      severity: 'error',
      evidence: ['/usr/bin/node is the first "node" on PATH'],
      remedy: expect.stringContaining('export PATH="/project/node_modules/.bin:$PATH"'),
    }))
  it('may be old where no daemon is written in TypeScript', async () =>
    expect(await ask('20.1.0', '/project', stackOf('[daemons.a]\ncommand = ["node", "a.js"]'))).toHaveLength(
      1,
    ))
  it('should be the one that the project pins', async () => {
    const root = makeFolder()
    mkdirSync(join(root, 'node_modules/node'), { recursive: true })
    writeFileSync(join(root, 'node_modules/node/package.json'), '{"version":"24.2.0"}')
    expect((await ask('24.1.0', root))[1]).toMatchObject({
      severity: 'warning',
      summary: 'the daemons would run on Node 24.1.0; this project pins 24.2.0',
    })
  })
  it('is not asked for where no daemon uses it', async () =>
    expect(
      await runtimeCheck.run(contextOf({ stack: stackOf('[daemons.a]\ncommand = ["./api"]') })),
    ).toHaveLength(1))
})

it.each([
  ['22.18.0', '22.18', true],
  ['22.17.9', '22.18', false],
  ['24.0.0', '22.18', true],
  ['9.9.9', '10', false],
])('%s is at least %s: %s', (version, least, answer) => expect(isAtLeast(version, least)).toBe(answer))
