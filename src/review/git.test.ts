import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createChance } from '../kernel/test-chance.ts'
import { planBundles } from './bundle.ts'
import { readRange } from './git.ts'
import { parseDiff } from './parse-diff.ts'
import { restoreDiff } from './restore-diff.ts'

const ENV = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' }

interface Repository {
  readonly cwd: string
  git(...args: readonly string[]): string
}

/** A bare repository with these commits, by `git fast-import`: a list of commands for each. */
function createRepository(commits: readonly (readonly string[])[]): Repository {
  const cwd = mkdtempSync(join(tmpdir(), 'review-git-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd, env: ENV, encoding: 'utf8' })
  git('init', '-q', '--bare', '-b', 'main')
  const stream = commits.map(
    (commands, n) =>
      `commit refs/heads/main\ncommitter t <t@example.org> ${n} +0000\ndata 1\nx\n${commands.join('')}\n`,
  )
  execFileSync('git', ['fast-import', '--quiet'], {
    cwd,
    env: ENV,
    input: Buffer.from(stream.join(''), 'latin1'),
  })
  return { cwd, git }
}

/** Path as fast-import takes it; contents of one character a byte. */
const put = (path: string, content: string, mode = '100644'): string =>
  `M ${mode} inline ${JSON.stringify(path)}\ndata ${content.length}\n${content}\n`
const rename = (from: string, to: string): string => `R ${JSON.stringify(from)} ${JSON.stringify(to)}\n`

const NASTY = [
  'src/plain.ts',
  'src/with blanks and .txt',
  'src/"quoted".ts',
  'lib/back\\slash',
  'lib/\u00c3\u00a4\u00e2\u0082\u00ac.md',
  'lib/tab\there',
  'new\nline/x',
  'top -- a',
  'package-lock.json',
]

/** Two hundred commits that do everything a commit can do to files with such names. */
function makeHistory(): string[][] {
  const random = createChance(42)
  const upTo = (most: number): number => Math.floor(random() * (most + 1))
  const line = (): string =>
    ['a', '', '- a/x', '++ b/x', '\u00ff\u00fe', '@@ -1 +1 @@', 'w\r', 'x'.repeat(upTo(300))][upTo(7)] ?? ''
  const text = (lines: number, end: string): string =>
    `${Array.from({ length: lines }, line).join('\n')}${end}`
  const first = NASTY.map((path) => put(path, text(200, '\n')))
  const history = [
    [...first, put('bin/x.png', '\u0000\u0001'), put('old name', text(50, '\n')), put('run', 'a\n')],
  ]
  while (history.length < 201) {
    const path = NASTY[upTo(NASTY.length - 1)] ?? ''
    history.push([put(path, text(100 + upTo(400), random() < 0.3 ? '' : '\n'))])
  }
  const last = history.at(-1) ?? []
  last.push(
    rename('old name', 'brand new name'),
    put('run', 'a\n', '100755'),
    put('bin/x.png', '\u0000\u0002'),
  )
  last.push(`M 160000 ${'12'.repeat(20)} sub\n`, put('link', 'src/plain.ts', '120000'), put('empty', ''))
  last.push(
    put('big/new.txt', text(2_000, '\n')),
    put('big/line', 'y'.repeat(80_000)),
    'D "lib/tab\\there"\n',
  )
  return history
}

describe('a range of 200 commits with all that is awkward', () => {
  const read = async () => {
    const repository = createRepository(makeHistory())
    const range = await readRange('HEAD~200..HEAD', { cwd: repository.cwd, env: ENV })
    if (!range.ok) throw new Error(range.error)
    return { repository, range: range.value }
  }

  it('is split into bundles that add up to the diff, as git counts it, and none is over 60 KB', async () => {
    const { repository, range } = await read()
    expect(range.commits).toBe(200)
    const diff = parseDiff(range.text)
    const plan = planBundles(diff, {
      mostBytes: 56_000,
      components: { prefixes: new Map(), depth: 1 },
      generated: [],
    })
    expect(restoreDiff(plan) === range.text).toBe(true)
    expect(Math.max(...plan.bundles.map(({ bytes }) => bytes))).toBeLessThanOrEqual(56_000)
    expect(plan.bundles.length).toBeGreaterThan(3)
    expect([...new Set(plan.leftOut.map(({ path, reason }) => `${path}: ${reason}`))]).toEqual([
      'big/line: too-large',
      'package-lock.json: generated',
    ])

    // Another witness: lines added and removed, as git itself counts them, are those in the bundles and left out.
    const numstat = repository.git(
      'diff',
      '--numstat',
      '--diff-algorithm=histogram',
      '--no-indent-heuristic',
      '-M',
      'HEAD~200',
      'HEAD',
    )
    const counts = numstat
      .trimEnd()
      .split('\n')
      .map((row) =>
        row
          .split('\t')
          .slice(0, 2)
          .map((n) => Number(n) || 0),
      )
    const sent = [...plan.bundles.flatMap(({ stretches }) => stretches), ...plan.leftOut].filter(
      ({ hunk }) => typeof hunk === 'number',
    )
    const body = sent.map(({ text }) => text.slice(text.indexOf('\n') + 1)).join('\n')
    expect([body.match(/^\+/gm)?.length, body.match(/^-/gm)?.length]).toEqual([
      counts.reduce((sum, [added = 0]) => sum + added, 0),
      counts.reduce((sum, [, removed = 0]) => sum + removed, 0),
    ])
  })

  it('names its files as git does', async () => {
    const { repository, range } = await read()
    const names = repository
      .git('diff', '--name-only', '-z', '-M', 'HEAD~200', 'HEAD')
      .split('\0')
      .slice(0, -1)
    const { files, tail } = parseDiff(range.text)
    expect(files.map(({ path }) => path).sort()).toEqual(names.sort())
    expect(tail).toBe('')
    expect(files.filter(({ binary }) => binary).map(({ path }) => path)).toEqual(['bin/x.png'])
    expect(files.filter(({ oldPath }) => oldPath === 'old name').map(({ path }) => path)).toEqual([
      'brand new name',
    ])
  })
})

describe('readRange', () => {
  const three = () => createRepository([[put('a', '1\n')], [put('a', '2\n')], [put('b', '3\n')]])

  it('is the same diff whatever the settings of its user are', async () => {
    const { cwd, git } = three()
    const plain = await readRange('main~2..main', { cwd, env: ENV })
    for (const [key, value] of [
      ['color.ui', 'always'],
      ['diff.noprefix', 'true'],
      ['diff.mnemonicPrefix', 'true'],
      ['diff.context', '0'],
      ['diff.external', 'false'],
      ['diff.orderFile', '/dev/null'],
      ['core.pager', 'false'],
    ] as const) {
      git('config', key, value)
    }
    const env = { ...ENV, GIT_DIR: '/nowhere', GIT_EXTERNAL_DIFF: 'false', GIT_DIFF_OPTS: '-u0' }
    expect(await readRange('main~2..main', { cwd, env })).toEqual(plain)
    expect(plain).toMatchObject({
      ok: true,
      value: { commits: 2, text: expect.stringContaining('+++ b/b\n') },
    })
  })

  it('takes HEAD for an end left out, trees, and the place where two branches part', async () => {
    const { cwd, git } = three()
    git('branch', 'side', 'main~2')
    const read = (range: string) => readRange(range, { cwd, env: ENV })
    const whole = await read('main~1..main')
    expect(await read('main~1..')).toEqual(whole)
    expect(await read('..main')).toMatchObject({ ok: true, value: { text: '', commits: 0 } })
    expect(await read('main...side')).toMatchObject({ ok: true, value: { text: '', commits: 0 } })
    expect(await read('side...main')).toMatchObject({ ok: true, value: { commits: 2 } })
    const trees = await read('main~1^{tree}..main')
    expect(trees).toMatchObject({ ok: true, value: { text: whole.ok ? whole.value.text : '' } })
    expect(trees.ok && 'commits' in trees.value).toBe(false)
  })

  it.each([
    ['main', /^"main" is no range; e.g. main..HEAD$/],
    ['..', /is no range/],
    ['nowhere..main', /^git knows no "nowhere" here$/],
    ['main..--output=x', /^git knows no "--output=x" here$/],
    ['main..\u001b[2J', /^git knows no "" here$/],
  ])('%j: a sentence', async (range, said) => {
    const { cwd } = three()
    const read = await readRange(range, { cwd, env: ENV })
    expect(read.ok ? '' : read.error).toMatch(said)
  })

  it('says when there is no repository, or no git', async () => {
    const outside = await readRange('a..b', { cwd: '/', env: ENV })
    expect(outside.ok ? '' : outside.error).toBe('there is no git repository here')
    const without = await readRange('a..b', { cwd: '/', env: { PATH: '/nowhere' } })
    expect(without.ok ? '' : without.error).toMatch(/^git could not be run/)
  })
})
