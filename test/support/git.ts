/** Git in a project, without the settings of whoever runs the tests. */
import { execFileSync } from 'node:child_process'
import type { Project } from './project.ts'

/** @returns trimmed standard output. */
export function git(project: Project, ...words: readonly string[]): string {
  const env = { PATH: process.env['PATH'], HOME: project.home, GIT_CONFIG_NOSYSTEM: '1' }
  return execFileSync('git', [...words], { cwd: project.root, env, encoding: 'utf8' }).trim()
}
