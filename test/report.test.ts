/** `smokechain report` from outside, as far as it needs no browser: test/page looks at the pages. */
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { createProject, daemon, goodSmoke, type Project, runTool, stackOf, verify } from './support/rig.ts'

const RUN = '20261120T100200.000Z-ab12cd'
const STARTED = {
  type: 'run.started',
  schema: 1,
  run: RUN,
  at: '2026-11-20T10:02:00.000Z',
  dir: `logs/runs/${RUN}`,
  stack: { name: 'test', file: 'stack.toml' },
  chain: ['d1'],
  selected: ['d1'],
  tool: { version: '0.1.0', node: 'v24.21.0', platform: 'linux-x64' },
  rerun: 'just verify --only',
  atMs: 0,
}

const OPENER = process.platform === 'darwin' ? 'open' : 'xdg-open'

const addRun = (project: Project, journal = `${JSON.stringify(STARTED)}\n`): string =>
  project.write(`logs/runs/${RUN}/journal.jsonl`, journal)

it('writes the page beside the journal, and says where', async () => {
  const project = createProject()
  const dir = dirname(addRun(project))
  const made = await runTool(project, ['report', 'ab12'])
  expect(made).toMatchObject({ code: 0, stdout: `logs/runs/${RUN}/report.html\n`, stderr: '' })
  expect(readFileSync(join(dir, 'report.html'), 'utf8')).toContain(
    'Not finished: 0 of 1 smoke came to an end',
  )
})

it('opens it on request, and says when nothing could open it', async () => {
  const project = createProject()
  addRun(project)
  project.write(`bin/${OPENER}`, `#!/bin/sh\nprintf '%s' "$1" > opened\n`, 0o755)
  const env = { PATH: `${join(project.root, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin` }
  const args = ['report', '--open', '--output', 'out/page.html']
  expect(await runTool(project, args, { env })).toMatchObject({ code: 0, stdout: 'out/page.html\n' })
  expect(readFileSync(join(project.root, 'opened'), 'utf8')).toBe(join(project.root, 'out/page.html'))
  project.write(`bin/${OPENER}`, '#!/bin/sh\nexit 3\n', 0o755)
  expect(await runTool(project, args, { env })).toMatchObject({
    code: 1,
    stderr: `error: not opened: ${OPENER} ended with code 3\n`,
  })
})

it('names each mistake: no run, no such run, a journal that is none, a place that is none', async () => {
  const project = createProject()
  const report = async (...args: string[]): Promise<[number | null, string]> => {
    const { code, stderr } = await runTool(project, ['report', ...args])
    return [code, stderr.replaceAll(project.root, '<root>').trim()]
  }
  expect(await report()).toEqual([2, 'error: there is no run in <root>/logs/runs: run "verify" first'])
  addRun(project)
  project.write('README.md', '')
  expect(await report('2027', '--compare', './x')).toEqual([
    2,
    [
      `error: no run in <root>/logs/runs begins with "2027" (the last ones: ${RUN})`,
      'error: there is no folder <root>/x',
    ].join('\n'),
  ])
  expect(await report('--output', 'logs')).toEqual([
    2,
    'error: the page cannot be written to logs: it is a folder; name a file',
  ])
  expect(await report('--output', 'README.md/page.html')).toEqual([
    2,
    'error: the page cannot be written to README.md/page.html: <root>/README.md is no folder',
  ])
  addRun(project, '{"type":"run.started"\n')
  expect(await report()).toEqual([
    70,
    `error: there is no report: <root>/logs/runs/${RUN}/journal.jsonl:1: not a line of JSON`,
  ])
})

it('follows a link, and never takes the place of a pipe', async () => {
  const project = createProject()
  addRun(project)
  const at = (name: string): string => join(project.root, name)
  project.write('page.html', '')
  symlinkSync('page.html', at('link.html'))
  expect(await runTool(project, ['report', '--output', 'link.html'])).toMatchObject({ code: 0 })
  expect(lstatSync(at('link.html')).isSymbolicLink()).toBe(true)
  expect(readFileSync(at('page.html'), 'utf8')).toContain('Not finished')
  execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: project.root })
  const reader = readFile(at('pipe'), 'utf8')
  expect(await runTool(project, ['report', '--output', 'pipe'])).toMatchObject({ code: 0 })
  expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
  expect(await reader).toContain('Not finished')
})

it('is a report of verify too', async () => {
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web')))
  project.smoke('d1', goodSmoke())
  const run = await verify(project, '--reporter', 'html=page.html')
  expect(run.code).toBe(0)
  const page = readFileSync(join(project.root, 'page.html'), 'utf8')
  expect(page).toContain('The one smoke passed')
  expect(page).toContain('--- 1 PASS / 0 FAIL ---')
  expect(existsSync(join(run.dir ?? '', 'daemons/web.log.times'))).toBe(true)
})
