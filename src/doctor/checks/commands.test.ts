import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resolveCommand } from '../../host/resolve-command.ts'
import { contextOf, makeFolder, stackOf } from '../test-context.ts'
import { commandsCheck } from './commands.ts'

/** With the real look-up, and a PATH that holds `bin` only. */
function look(command: readonly string[], more = '', prepare: (root: string) => void = () => undefined) {
  const root = makeFolder()
  mkdirSync(join(root, 'bin'))
  prepare(root)
  const stack = stackOf(
    `[daemons.a]\ncommand = ${JSON.stringify(command)}\n${more}`,
    join(root, 'stack.toml'),
  )
  const env = { PATH: join(root, 'bin'), HOME: root }
  return { root, findings: commandsCheck.run(contextOf({ stack, env, system: { resolveCommand } })) }
}

const script =
  (path: string, text: string, mode = 0o755) =>
  (root: string) =>
    writeFileSync(join(root, path), text, { mode })

describe('commands', () => {
  it('that are there are well', async () =>
    expect(await look(['api'], '', script('bin/api', '#!/bin/sh\n')).findings).toMatchObject([
      { id: 'commands.found', severity: 'ok' },
    ]))
  it('that are not on PATH', async () =>
    expect(await look(['api']).findings).toMatchObject([
      {
        id: 'commands.missing',
        daemon: 'a',
        remedy: expect.stringContaining('install api, or correct "command"'),
      },
    ]))
  it('that were not built', async () =>
    expect(await look(['./out/api']).findings).toMatchObject([
      { id: 'commands.missing', remedy: expect.stringContaining('build or restore ./out/api') },
    ]))
  it('that may not be executed', async () => {
    const { root, findings } = look(['./api'], '', script('api', '#!/bin/sh\n', 0o644))
    expect(await findings).toMatchObject([{ id: 'commands.not-executable', remedy: `chmod +x ${root}/api` }])
  })
  it('in a folder that is not there', async () => {
    const { root, findings } = look(['sh'], 'cwd = "nowhere"')
    expect(await findings).toMatchObject([
      { id: 'commands.directory', remedy: expect.stringContaining(`mkdir -p ${root}/nowhere`) },
    ])
  })
  it('whose interpreter is not there, though the script is', async () =>
    expect(await look(['./api'], '', script('api', '#!/opt/none/python9\n')).findings).toMatchObject([
      { id: 'commands.interpreter', summary: expect.stringContaining('"/opt/none/python9"') },
    ]))
  it('whose interpreter is looked up by env', async () =>
    expect(await look(['./api'], '', script('api', '#!/usr/bin/env python9\n')).findings).toMatchObject([
      { id: 'commands.interpreter', summary: expect.stringContaining('"python9"') },
    ]))
  it('whose first line ends with a carriage return', async () =>
    expect(await look(['./api'], '', script('api', '#!/bin/sh\r\n')).findings).toMatchObject([
      { id: 'commands.interpreter', remedy: expect.stringContaining("sed -i 's/\\r$//'") },
    ]))
  it('that are to run a script which is not there', async () => {
    const node = script('bin/node', '#!/bin/sh\n')
    expect(await look(['node', 'dist/main.js'], '', node).findings).toMatchObject([
      { id: 'commands.script-missing', summary: expect.stringContaining('dist/main.js') },
    ])
    // Code on the command line is no file.
    expect(await look(['node', '-e', '0'], '', node).findings).toMatchObject([{ id: 'commands.found' }])
  })
})

describe('MinIO', () => {
  const remedyOf = async (prepare?: (root: string) => void) => {
    const { root, findings } = look(['minio', 'server'], '', prepare)
    const [finding] = await findings
    return (finding && 'remedy' in finding ? finding.remedy : '').replaceAll(root, '<root>')
  }
  it('is built with Go, where Go is', async () =>
    expect(await remedyOf(script('bin/go', '#!/bin/sh\n'))).toMatch(
      /^go install github\.com\/minio\/minio@latest; then: /,
    ))
  it('comes after Go, where that is missing', async () =>
    expect(await remedyOf()).toMatch(/^install Go 1\.24 .*; then: go install /))
  it('only has to be on PATH, where it was built already', async () =>
    expect(
      await remedyOf((root) => {
        mkdirSync(join(root, 'go/bin'), { recursive: true })
        script('go/bin/minio', '')(root)
      }),
    ).toBe('export PATH="$PATH:<root>/go/bin"   (it is installed there)'))
})

it('cannot be read off a broken file', async () =>
  expect(await commandsCheck.run(contextOf())).toMatchObject([{ severity: 'could-not-check' }]))
