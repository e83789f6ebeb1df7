import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTestRepository, type TestRepository } from './fixtures/repository.ts'
import { noteTestedState, noteTree } from './tested.ts'

/** With a folder for logs that is not ignored, as the tool finds it on its first run. */
function createProject(): TestRepository & { readonly logs: string } {
  const repository = createTestRepository()
  const logs = join(repository.top, 'logs')
  mkdirSync(logs)
  repository.write('stack.toml', 'name = "x"\n')
  return { ...repository, logs }
}

const note = async ({ top, env, logs }: ReturnType<typeof createProject>) =>
  noteTree({ root: top, logs, env })

describe('noteTree', () => {
  it('is the tree of the commit, and clean, when nothing differs', async () => {
    const project = createProject()
    const id = project.commit()
    project.write('logs/runs/x', 'the own log')
    expect(await note(project)).toEqual({ ok: true, value: { id, dirty: false } })
  })

  it('is dirty with an untracked file, and another tree', async () => {
    const project = createProject()
    const id = project.commit()
    project.write('new.ts', '1\n')
    const noted = await note(project)
    expect(noted).toMatchObject({ ok: true, value: { dirty: true } })
    expect(noted).not.toMatchObject({ value: { id } })
  })

  it('is dirty before the first commit', async () => {
    expect(await note(createProject())).toMatchObject({ ok: true, value: { dirty: true } })
  })

  it('is not known outside a repository', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'smokegate-none-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const env = { PATH: process.env['PATH'] ?? '', GIT_CEILING_DIRECTORIES: tmpdir() }
    expect(await noteTree({ root: folder, logs: folder, env })).toEqual({ ok: true, value: undefined })
  })

  it('says in a line what stood in the way', async () => {
    const project = createProject()
    const noted = await noteTree({ root: project.top, logs: join(project.top, 'gone'), env: project.env })
    expect(noted).toMatchObject({ ok: false, error: expect.stringContaining('is not known: ENOENT') })
  })
})

it('a state that may get a receipt tells the same tree', async () => {
  const project = createProject()
  const id = project.commit()
  const state = await noteTestedState({
    root: project.top,
    logs: project.logs,
    stack: { file: join(project.top, 'stack.toml'), text: 'name = "x"\n' },
    toolVersion: '1',
    env: project.env,
  })
  expect(state.tree).toEqual({ id, dirty: false })
})
