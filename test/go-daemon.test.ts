/** The worked example of docs/replacing-a-daemon.md, as written there: validatord in Go, judged by the same smoke. */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProject, report, runTool } from './support/rig.ts'
import { REPOSITORY } from './support/tool.ts'

const EXAMPLE = join(REPOSITORY, 'examples/go-validatord')

/** Go, and the modules of the example: in its cache, or to be had. */
const hasGo = spawnSync('go', ['mod', 'download'], { cwd: EXAMPLE }).status === 0

it.runIf(hasGo)(
  'a daemon in Go passes in the place of ours (where Go and its modules can be had)',
  async () => {
    const project = createProject()
    const source = join(project.root, 'go-validatord')
    cpSync(EXAMPLE, source, { recursive: true })
    const binary = join(source, 'validatord')
    const built = spawnSync('go', ['build', '-o', binary], { cwd: source, encoding: 'utf8' })
    expect(built.stderr).toBe('')

    const dev = readFileSync(join(REPOSITORY, 'stacks/dev.toml'), 'utf8')
    const replaced = dev.replace(
      'command = ["node", "lakehouse/validatord/main.ts"]',
      `command = [${JSON.stringify(binary)}, "-config", "{config}"]`,
    )
    expect(replaced).not.toBe(dev)
    const stack = join(project.root, 'go.toml')
    writeFileSync(stack, `root = ${JSON.stringify(REPOSITORY)}\n${replaced}`)

    const logs = join(project.root, 'logs')
    const args = ['verify', '--stack', stack, '--only', 'validatord', '--logs', logs]
    const finished = await runTool(project, args)
    expect(finished.stdout, report(finished)).toMatch(/^PASS validatord \d+s$/m)
    expect(finished.code).toBe(0)
  },
)

it.runIf(hasGo)('it refuses what a daemon must refuse: a key that it does not know, a public address', () => {
  const project = createProject()
  const refuse = (text: string): string => {
    const file = join(project.root, 'config.toml')
    writeFileSync(file, text)
    const { status, stderr } = spawnSync('go', ['run', '.', '-config', file], {
      cwd: EXAMPLE,
      encoding: 'utf8',
    })
    return `${status === 0 ? 'started' : 'refused'} ${stderr.split('\n')[0]?.replace(file, 'FILE')}`
  }
  expect(refuse('[validatord]\nbind = "127.0.0.1:0"\nwires = "flat"\n')).toBe(
    'refused validatord: FILE: unknown key validatord.wires',
  )
  expect(refuse('[validatord]\nbind = "0.0.0.0:0"\n')).toBe(
    'refused validatord: FILE: refuses to bind 0.0.0.0:0: off loopback it needs [auth] token',
  )
})
