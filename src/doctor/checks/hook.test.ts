import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contextOf, makeFolder, said } from '../test-context.ts'
import { hookCheck } from './hook.ts'

interface Repository {
  /** The hook that the project brings, and its mode. */
  readonly shipped?: string
  readonly mode?: number
  /** Where git looks, from the top. */
  readonly looks?: string
  readonly configured?: string
  readonly run?: { readonly code: number; readonly stderr?: string }
  readonly resolves?: boolean
  /** Further files at the top. */
  readonly files?: readonly string[]
}

async function look(o: Repository) {
  const top = makeFolder()
  const asked: (readonly string[])[] = []
  if (o.shipped !== undefined) {
    mkdirSync(join(top, '.githooks'))
    writeFileSync(join(top, '.githooks/pre-push'), o.shipped, { mode: o.mode ?? 0o755 })
  }
  for (const file of o.files ?? []) writeFileSync(join(top, file), '')
  const runCommand = ({ command }: { command: readonly string[] }) => {
    asked.push(command)
    const [, verb, flag] = command
    if (verb === 'rev-parse')
      return said(flag === '--show-toplevel' ? `${top}\n` : (o.looks ?? '.githooks/pre-push'))
    if (verb === 'config') return said(o.configured ?? '', o.configured === undefined ? 1 : 0)
    return said('', o.run?.code ?? 0, o.run?.stderr ?? '')
  }
  const resolveCommand = ({ program }: { program: string }) =>
    o.resolves === false
      ? ({ ok: false, error: { reason: 'not-found', detail: '' } } as const)
      : ({ ok: true, value: program } as const)
  const [finding] = await hookCheck.run(contextOf({ root: top, system: { runCommand, resolveCommand } }))
  return { finding, top, asked }
}

const SCRIPT = '#!/bin/sh\nexit 0\n'

describe('the hook', () => {
  it('fires: git was made to run it', async () => {
    const { finding, asked } = await look({ shipped: SCRIPT, configured: 'file:.git/config\t.githooks' })
    expect(finding).toMatchObject({ id: 'hook.fires', severity: 'ok' })
    expect(asked.at(-1)).toEqual(['git', 'hook', 'run', 'pre-push', '--', 'doctor', 'doctor'])
  })
  it('is not run in a worktree that is not set up: that would install the dependencies', async () => {
    const { finding, asked } = await look({ shipped: SCRIPT, files: ['package-lock.json'] })
    expect(finding).toMatchObject({ id: 'hook.installed', severity: 'ok' })
    expect(asked.some(([, verb]) => verb === 'hook')).toBe(false)
  })
  it('is taken for installed where git is too old to run it', async () =>
    expect(
      (await look({ shipped: SCRIPT, run: { code: 1, stderr: "git: 'hook' is not a git command." } }))
        .finding,
    ).toMatchObject({ id: 'hook.installed', severity: 'ok' }))
  it('fails by itself', async () =>
    expect((await look({ shipped: SCRIPT, run: { code: 7, stderr: 'broken\n' } })).finding).toMatchObject({
      id: 'hook.fails',
      severity: 'error',
      evidence: expect.arrayContaining(['broken']),
    }))
  it('is not executable, and is not run for that', async () => {
    const { finding, asked } = await look({ shipped: SCRIPT, mode: 0o644 })
    expect(finding).toMatchObject({ id: 'hook.not-executable', remedy: 'chmod +x .githooks/pre-push' })
    expect(asked.some(([, verb]) => verb === 'hook')).toBe(false)
  })
  it.each([
    ['#!/bin/sh\r\n', true, 'carriage return'],
    ['#!/usr/bin/env python9\n', false, '"python9"'],
  ])('has no interpreter: %j', async (shipped, resolves, told) =>
    expect((await look({ shipped, resolves })).finding).toMatchObject({
      id: 'hook.interpreter',
      severity: 'error',
      summary: expect.stringContaining(told),
    }),
  )
  it('is not where git looks, and the fix changes only that setting', async () => {
    const { finding, top } = await look({ shipped: SCRIPT, looks: '.git/hooks/pre-push' })
    expect(finding).toMatchObject({
      id: 'hook.not-installed',
      severity: 'warning',
      remedy: 'git config core.hooksPath .githooks',
      fix: { does: `git -C ${top} config core.hooksPath .githooks` },
    })
  })
  it("is mended in the worktree's own setting, where that is what misleads git", async () =>
    expect(
      (
        await look({
          shipped: SCRIPT,
          looks: 'nowhere/pre-push',
          configured: 'file:.git/worktrees/w/config.worktree\tnowhere',
        })
      ).finding,
    ).toMatchObject({ remedy: 'git config --worktree core.hooksPath .githooks' }))
  it('is none of a project that brings none', async () =>
    expect((await look({ looks: '.git/hooks/pre-push' })).finding).toMatchObject({
      id: 'hook.none',
      severity: 'ok',
    }))
})

it('is not asked for outside of git', async () =>
  expect(
    await hookCheck.run(contextOf({ system: { runCommand: () => said('', 128, 'not a git repository') } })),
  ).toMatchObject([{ id: 'hook.no-repository', severity: 'ok' }]))

it('cannot be checked where git refuses, and git says what helps', async () => {
  const stderr = 'fatal: detected dubious ownership\n\n\tgit config --global --add safe.directory /srv\n'
  expect(
    await hookCheck.run(contextOf({ system: { runCommand: () => said('', 128, stderr) } })),
  ).toMatchObject([
    {
      id: 'hook.refused',
      severity: 'could-not-check',
      remedy: 'git config --global --add safe.directory /srv',
    },
  ])
})

it('cannot be checked without git', async () =>
  expect(
    await hookCheck.run(
      contextOf({
        system: { runCommand: () => Promise.resolve({ ok: false, error: 'git could not be run' }) },
      }),
    ),
  ).toMatchObject([{ id: 'hook.no-git', severity: 'could-not-check' }]))

it('asks git about this worktree, not about the one of a push that is under way', async () => {
  const seen: string[] = []
  const runCommand = ({ env }: { env: NodeJS.ProcessEnv }) => {
    seen.push(...Object.keys(env).filter((name) => name.startsWith('GIT_')))
    return said('', 128, 'not a git repository')
  }
  const env = { PATH: '/bin', GIT_DIR: '/elsewhere', GIT_INDEX_FILE: 'x', GIT_CONFIG_GLOBAL: '/none' }
  await hookCheck.run(contextOf({ env, system: { runCommand } }))
  expect(seen).toEqual(['GIT_CONFIG_GLOBAL'])
})
