/** `export` and `wait`: a stack that something else supervises. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createProject, type Project, runTool } from './support/rig.ts'

/** A server that answers everything with 200; its port. */
async function listen(): Promise<number> {
  const server = createServer((_request, response) => response.end('{}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('it does not listen')
  return address.port
}

function projectOn(port: number): Project {
  const project = createProject()
  project.stack(`
name = "shop"
data = "{env.SHOP_DATA:-data}"
[daemons.api]
command = ["node", "api.mjs", "{config}"]
bind = "127.0.0.1:${port}"
ready = { http = "/health" }
env = { API_TOKEN = "{env.TOKEN}" }
[config.api]
data = "{data}"
token = "{env.TOKEN}"
`)
  return project
}

const STACK = ['--stack', 'stack.toml']
const TOKEN = 'hunter2-hunter2'

it('export writes units; only the configuration holds the secret, and only its owner can read it', async () => {
  const project = projectOn(3999)
  const args = ['export', 'systemd', ...STACK, '--out', 'units', '--user']
  const finished = await runTool(project, args, { env: { TOKEN } })
  expect(finished.stderr).toBe('')
  expect(finished.code).toBe(0)
  const out = join(project.root, 'units')
  expect(readdirSync(out).sort()).toEqual([
    'smokechain-shop-api.env.example',
    'smokechain-shop-api.service',
    'smokechain-shop.env.example',
    'smokechain-shop.target',
    'smokechain-shop.toml',
  ])
  const holders = readdirSync(out).filter((name) => readFileSync(join(out, name), 'utf8').includes(TOKEN))
  expect(holders).toEqual(['smokechain-shop.toml'])
  expect(statSync(join(out, 'smokechain-shop.toml')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(out, 'smokechain-shop-api.service'), 'utf8')).toContain(
    `"api.mjs" "${out}/smokechain-shop.toml"\n`,
  )

  const again = await runTool(project, args, { env: { TOKEN } })
  expect([again.code, readdirSync(out).length]).toEqual([0, 5])
})

it('export refuses ports that are leased, a variable that is not set, a program that is not there', async () => {
  const leased = await runTool(projectOn(0), ['export', 'systemd', ...STACK, '--out', 'units'])
  expect(leased.stderr).toMatch(/^stack\.toml:6:8: error: api has no fixed port$/m)
  expect(leased.code).toBe(2)

  const project = projectOn(3999)
  const unset = await runTool(project, ['export', 'systemd', ...STACK, '--out', 'units', '--user'])
  expect(unset.stderr).toMatch(/the environment variable `TOKEN` is not set/)
  expect(unset.code).toBe(2)

  project.stack('name = "shop"\n[daemons.api]\ncommand = ["no-such-program"]\n')
  const missing = await runTool(project, ['export', 'systemd', ...STACK, '--out', 'units', '--user'])
  expect(missing.stderr).toMatch(/^error: api: "no-such-program" is in no folder of PATH/)
  expect(missing.code).toBe(2)
  expect(readdirSync(project.root)).not.toContain('units')
})

it('wait needs no variable of the command, and ends with 0 when the daemon answers', async () => {
  const project = projectOn(await listen())
  const finished = await runTool(project, ['wait', 'api', ...STACK])
  expect(finished.stderr).toBe('')
  expect([finished.code, finished.stdout]).toEqual([0, 'api is ready\n'])
})

it('wait says what is lacking (3), and which daemons there are (2)', async () => {
  const project = projectOn(await listen())
  project.stack(
    readFileSync(join(project.root, 'stack.toml'), 'utf8').replace(
      '"/health"',
      '{ path = "/health", status = 204 }',
    ),
  )
  const lacking = await runTool(project, ['wait', 'api', ...STACK, '--timeout', '3s'])
  expect(lacking.stderr).toMatch(
    /^error: api was not ready within 3\.0 s\n {2}http: answered 200, expected 204/,
  )
  expect(lacking.code).toBe(3)

  const unknown = await runTool(project, ['wait', 'apo', ...STACK])
  expect(unknown.stderr).toMatch(/no daemon named "apo".*did you mean.*api/)
  expect(unknown.code).toBe(2)
})
