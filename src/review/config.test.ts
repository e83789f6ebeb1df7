import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { explainChatUrl, loadReviewConfig } from './config.ts'

async function load(toml: string) {
  const folder = mkdtempSync(join(tmpdir(), 'review-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'reviewers.toml'), toml)
  const loaded = await loadReviewConfig(join(folder, 'reviewers.toml'))
  return loaded.ok ? loaded.value : renderDiagnostics(loaded.error, { cwd: folder })
}

const reviewer = (more = '') =>
  `[[reviewers]]\nname = "north"\nlineage = "alder"\nmodel = "work/large"\n${more}\n`

describe('loadReviewConfig', () => {
  it('reads everything that the file may hold', async () => {
    const toml = `
chat = { daemon = "gateway" }
token_env = "CHAT_TOKEN"
component_depth = 2
generated = ["dist/"]
[components]
kit = ["lakehouse/kit/"]
${reviewer('max_tokens = 4000\ntemperature = 0.5\ntimeout = "90s"')}
[[reviewers]]
name = "south"
lineage = "birch"
model = "home/a/b:32b"
`
    expect(await load(toml)).toEqual({
      chat: { kind: 'daemon', daemon: 'gateway', path: '/v1/chat', stack: 'stacks/persistent.toml' },
      tokenEnv: 'CHAT_TOKEN',
      components: { prefixes: new Map([['kit', ['lakehouse/kit/']]]), depth: 2 },
      generated: ['dist/'],
      reviewers: [
        {
          name: 'north',
          lineage: 'alder',
          model: 'work/large',
          maxTokens: 4_000,
          temperature: 0.5,
          timeoutMs: 90_000,
        },
        { name: 'south', lineage: 'birch', model: 'home/a/b:32b', timeoutMs: 300_000 },
      ],
    })
  })

  it('may configure nobody', async () => {
    expect(await load('chat = "http://127.0.0.1:1/v1/chat"\n')).toEqual({
      chat: { kind: 'url', url: 'http://127.0.0.1:1/v1/chat' },
      components: { prefixes: new Map(), depth: 1 },
      generated: [],
      reviewers: [],
    })
  })

  it('says everything that is wrong, with its place', async () => {
    const toml = `chat = "https://me:pass-word@host/v1/chat"
token_env = "sk-secret"
[[reviewers]]
name = "no_rth"
linage = "alder"
lineage = "al der"
model = "large"
temperature = 3
timeout = "5"
`
    const said = await load(toml)
    expect(said).toMatchSnapshot()
    expect(said).not.toMatch(/pass-word|sk-secret/)
  })

  it('refuses two reviewers of one name, which would write one file', async () => {
    const said = await load(`${reviewer()}${reviewer().replace('north', 'North')}`)
    expect(said).toMatch(
      /reviewers.toml:7:8: error: two reviewers are named "North"[\s\S]*reviewers.toml:2:8: the first one/,
    )
  })

  it('says what is wrong with a file that is no TOML, or not there', async () => {
    expect(await load('[[reviewers]\n')).toMatch(/^reviewers.toml:1:\d+: error: /)
    const gone = await loadReviewConfig('/nowhere/reviewers.toml')
    expect(gone).toMatchObject({ ok: false, error: [{ message: 'there is no such file' }] })
  })
})

it('the file that ships is valid, configures nobody, and says where the chat endpoint is', async () => {
  const loaded = await loadReviewConfig('reviewers.toml')
  expect(loaded).toMatchObject({
    ok: true,
    value: { reviewers: [], chat: { kind: 'daemon', daemon: 'gateway', path: '/v1/chat' } },
  })
})

it.each([
  ['http://127.0.0.1:3110/v1/chat', undefined],
  ['http://[::1]:3110/v1/chat', undefined],
  ['127.0.0.1:3110', /is no URL|is not spoken/],
  ['/v1/chat', /is no URL/],
  ['https://host/v1/chat', 'https:// is not spoken here; only http://'],
  ['http://u:p@host/v1/chat', /must not hold a name or password/],
])('explainChatUrl %s', (url, said) => {
  const fault = explainChatUrl(url)
  if (said === undefined) expect(fault).toBeUndefined()
  else expect(fault).toMatch(said)
})
