import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseStack } from '../../stack/parse.ts'
import { contextOf, makeFolder, stackOf } from '../test-context.ts'
import { stackFileCheck } from './stack-file.ts'

it('tells every error of a broken file, each with its place and what to write', async () => {
  const text = '[daemons.a]\ncommand = ["x"]\nneed = ["b"]\nready_timeout = "soon"\n'
  const parsed = parseStack(text, '/project/stack.toml')
  const diagnostics = parsed.ok ? [] : parsed.error
  expect(await stackFileCheck.run(contextOf({ diagnostics }))).toMatchObject([
    {
      severity: 'error',
      summary: '/project/stack.toml:3:1: unknown key `need`; did you mean `needs`?',
      evidence: ['3 | need = ["b"]'],
      remedy: 'edit /project/stack.toml, line 3: write `needs`',
    },
    {
      severity: 'error',
      summary: expect.stringContaining('"soon" is no duration'),
      remedy: 'edit /project/stack.toml, line 4: a number with a unit: 250ms, 15s, 1.5m, 1h',
    },
  ])
})

it('names variables that are not set, and how to set them', async () => {
  const stack = stackOf('[daemons.a]\ncommand = ["x"]\nenv = { A = "{env.NOT_SET_HERE}" }')
  expect(await stackFileCheck.run(contextOf({ stack }))).toMatchObject([
    {
      id: 'stack-file.variable',
      severity: 'error',
      remedy: expect.stringContaining('set it for this command: NOT_SET_HERE=…'),
    },
  ])
})

it('only warns of a variable that only the doctor would read', async () => {
  const store =
    'endpoint = "http://s3.test"\nbucket = "b"\naccess_key_id = "a"\nsecret_access_key = "{env.NOT_SET_HERE}"'
  expect(await stackFileCheck.run(contextOf({ stack: stackOf(`[doctor.s3]\n${store}`) }))).toMatchObject([
    { id: 'stack-file.variable', severity: 'warning' },
  ])
})

it('names smokes of the chain that have no file', async () => {
  const root = makeFolder()
  const stack = stackOf('chain = ["d1", "d2", "d3"]', join(root, 'stack.toml'))
  expect(await stackFileCheck.run(contextOf({ stack }))).toMatchObject([
    { id: 'stack-file.smokes', severity: 'error', remedy: expect.stringContaining('mkdir -p') },
  ])
  mkdirSync(join(root, 'smokes'))
  for (const name of ['d1.ts', 'd3', 'd22.sh']) writeFileSync(join(root, 'smokes', name), '')
  expect(await stackFileCheck.run(contextOf({ stack }))).toMatchObject([
    {
      id: 'stack-file.smoke-missing',
      severity: 'error',
      summary: expect.stringContaining('the chain names "d2"'),
    },
  ])
})

it('counts what a valid file holds', async () =>
  expect(
    await stackFileCheck.run(contextOf({ stack: stackOf('[daemons.a]\ncommand = ["x"]') })),
  ).toMatchObject([{ severity: 'ok', summary: '/project/stack.toml is valid: 1 daemon, 0 smokes' }]))
