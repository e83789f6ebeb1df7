/** Real git repositories in temporary folders, for this room's tests. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface TestRepository {
  readonly top: string
  /** Scrubbed: no variable of the caller's git, no configuration of this machine. */
  readonly env: Readonly<Record<string, string>>
  /** Runs git in it. @returns what it wrote, without the last line break. */
  git(...args: readonly string[]): string
  write(path: string, text: string): void
  remove(path: string): void
  /** Adds everything and commits. @returns the commit's tree. */
  commit(): string
}

/** @param init further arguments of `git init`. */
export function createTestRepository(...init: readonly string[]): TestRepository {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'smokegate-test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const top = join(folder, 'repository')
  mkdirSync(top)
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
  const settings = ['user.name=t', 'user.email=t@example.org', 'protocol.file.allow=always']
  const flags = settings.flatMap((setting) => ['-c', setting])
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...flags, ...args], { cwd: top, env, encoding: 'utf8', stdio: 'pipe' }).trimEnd()
  git('init', '-q', '-b', 'main', ...init)
  return {
    top,
    env,
    git,
    write(path, text) {
      mkdirSync(dirname(join(top, path)), { recursive: true })
      writeFileSync(join(top, path), text)
    },
    remove: (path) => rmSync(join(top, path), { recursive: true }),
    commit() {
      git('add', '-A')
      git('commit', '-q', '--allow-empty', '-m', 'x')
      return git('rev-parse', 'HEAD^{tree}')
    },
  }
}
