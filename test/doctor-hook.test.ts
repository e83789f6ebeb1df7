/** The doctor on the pre-push hook, with real git: whether it is the one that git runs, and whether it can. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diagnose } from './support/doctor.ts'
import { git } from './support/git.ts'
import { daemon, type Project, projectWith, runTool } from './support/rig.ts'

describe('the hook', () => {
  function projectWithHook(mode: number, script = '#!/bin/sh\nexit 0\n'): Project {
    const project = projectWith(daemon('web'))
    git(project, 'init', '-q')
    project.write('.githooks/pre-push', script, mode)
    git(project, 'config', 'core.hooksPath', '.githooks')
    return project
  }

  it('a hook that is not executable; --fix says what it does, and does it', async () => {
    const project = projectWithHook(0o644)
    const { first, code } = await diagnose(project)
    expect(first).toMatchObject({ id: 'hook.not-executable', severity: 'error' })
    expect(first?.remedy).toBe('chmod +x .githooks/pre-push')
    expect(code).toBe(1)
    const fixed = await runTool(project, ['doctor', '--stack', 'stack.toml', '--fix', 'hook'])
    expect(fixed.stdout).toContain(`the doctor will:\n  chmod +x ${project.root}/.githooks/pre-push\ndone: `)
    expect(fixed.code).toBe(0)
    expect((await diagnose(project, 'hook')).findings).toMatchObject([{ id: 'hook.fires', severity: 'ok' }])
  })

  it('a hook that git does not look for: a warning, mended by --fix', async () => {
    const project = projectWithHook(0o755)
    git(project, 'config', '--unset', 'core.hooksPath')
    const { findings, code } = await diagnose(project, 'hook')
    expect(findings).toMatchObject([{ id: 'hook.not-installed', severity: 'warning' }])
    expect(code).toBe(0)
    await runTool(project, ['doctor', '--stack', 'stack.toml', '--fix', 'hook'])
    expect(git(project, 'config', 'core.hooksPath')).toBe('.githooks')
  })

  it('another hook that git runs in its place', async () => {
    const project = projectWithHook(0o755)
    project.write('husky/pre-push', '#!/bin/sh\n', 0o755)
    git(project, 'config', 'core.hooksPath', 'husky')
    const { first } = await diagnose(project, 'hook')
    expect(first).toMatchObject({ id: 'hook.other', severity: 'error' })
    expect(first?.evidence.join('\n')).toContain('core.hooksPath: file:.git/config\thusky')
  })

  it('a hook that fails with nothing to push', async () => {
    const project = projectWithHook(0o755, '#!/bin/sh\necho "no such tool" >&2\nexit 3\n')
    const { first } = await diagnose(project, 'hook')
    expect(first).toMatchObject({ id: 'hook.fails', severity: 'error' })
    expect(first?.evidence).toContain('no such tool')
  })

  it('a linked worktree of a branch without the hook is not gated, and the main one is', async () => {
    const project = projectWithHook(0o755)
    git(project, 'add', 'stack.toml', 'smokes')
    git(project, '-c', 'user.name=t', '-c', 'user.email=t@test', 'commit', '-qm', 'without the hook')
    git(project, 'worktree', 'add', '-q', 'linked', 'HEAD')
    const linked = await diagnose({ ...project, root: join(project.root, 'linked') }, 'hook')
    expect(linked.findings).toMatchObject([{ id: 'hook.none', severity: 'ok' }])
    expect((await diagnose(project, 'hook')).findings).toMatchObject([{ id: 'hook.fires' }])
  })
})
