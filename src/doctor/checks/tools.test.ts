import { expect, it } from 'vitest'
import { contextOf, said } from '../test-context.ts'
import { toolsCheck } from './tools.ts'

it('names versions', async () => {
  const runCommand = ({ command }: { command: readonly string[] }) =>
    said(command[0]?.endsWith('git') ? 'git version 2.39.5' : '11.1.0\n')
  expect(await toolsCheck.run(contextOf({ system: { runCommand } }))).toMatchObject([
    { id: 'tools.git', severity: 'ok', summary: 'git 2.39.5' },
    { id: 'tools.npm', severity: 'ok', summary: 'npm 11.1.0' },
  ])
})

it('says what does not work without a tool that is not there', async () => {
  const resolveCommand = () => ({ ok: false, error: { reason: 'not-found', detail: 'nowhere' } }) as const
  expect(await toolsCheck.run(contextOf({ system: { resolveCommand } }))).toMatchObject([
    { id: 'tools.git', severity: 'warning', summary: expect.stringContaining('the gate') },
    { id: 'tools.npm', severity: 'warning', summary: expect.stringContaining('dependencies') },
  ])
})

it('tells a tool that is there but does not run', async () => {
  const runCommand = () => said('', 127, 'libcurl.so.4: cannot open')
  expect((await toolsCheck.run(contextOf({ system: { runCommand } })))[0]).toMatchObject({
    severity: 'warning',
    evidence: ['/usr/bin/git: libcurl.so.4: cannot open'],
  })
})
