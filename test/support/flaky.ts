/** Smokes that fail by a count, not by chance, and smokes that wait for a test. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from './project.ts'
import { quote, smokeOf } from './stacks.ts'
import { until } from './until.ts'

/** Outside the project, so that counting is no change of its tree. */
const counterOf = ({ home }: Project): string => join(home, 'counter')

const COUNT = (
  counter: string,
): string => `    const { appendFileSync, readFileSync } = await import('node:fs')
    appendFileSync(${quote(counter)}, '.')
    const n = readFileSync(${quote(counter)}, 'utf8').length`

/** Fails in every third of its runs. */
export function flakySmoke(project: Project): string {
  return smokeOf(
    `${COUNT(counterOf(project))}
    await step('its count is right', () => expect('every third', n % 3 === 0, false))`,
    {
      uses: ['expect'],
      title: 'not every third run',
    },
  )
}

export interface Hold {
  readonly source: string
  /** Resolves when the smoke waits. */
  reached(): Promise<true>
  release(): void
}

/** A smoke that waits in its n-th run until it is released. */
export function holdingSmoke(project: Project, n: number): Hold {
  const [reached, go] = ['reached', 'go'].map((name) => join(project.home, name)) as [string, string]
  const source = smokeOf(`${COUNT(counterOf(project))}
    const { existsSync, writeFileSync } = await import('node:fs')
    const { setTimeout: delay } = await import('node:timers/promises')
    await step('it may go on', async () => {
      if (n === ${n}) writeFileSync(${quote(reached)}, '')
      while (n === ${n} && !existsSync(${quote(go)})) await delay(5)
      await web.get('/health', { status: 200 })
    })`)
  return {
    source,
    reached: () =>
      until('the smoke to wait', (): true | undefined => (existsSync(reached) ? true : undefined)),
    release: () => writeFileSync(go, ''),
  }
}
