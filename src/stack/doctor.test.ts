import { describe, expect, it } from 'vitest'
import { renderDiagnostics } from './diagnostic.ts'
import { resolveDoctorS3 } from './resolve-doctor.ts'
import { errorsOf, messagesOf, stackOf } from './rig.ts'

const STORE = '[daemons.store]\ncommand = ["x"]\nbind = "127.0.0.1:0"\n'

const s3 = (endpoint: string, secret = 'swordfish'): string =>
  `${STORE}[doctor.s3]\nendpoint = "${endpoint}"\nbucket = "shop"\naccess_key_id = "shopkeeper"\nsecret_access_key = "${secret}"`

const ports = (port: number) => new Map([['store', new Map([['main', port]])]])

describe('[doctor]', () => {
  it('is absent where the file has none', () => {
    expect(stackOf(STORE).doctor).toBeUndefined()
    expect(resolveDoctorS3(stackOf(STORE), { ports: new Map(), env: {} })).toEqual({
      ok: true,
      value: undefined,
    })
  })
  it('takes patterns in order', () =>
    expect(
      stackOf(
        `${STORE}[[doctor.patterns]]\nmatch = 'a+'\ncause = "c"\nremedy = "r"\n[[doctor.patterns]]\nmatch = 'b'\ncause = "d"\nremedy = "s"`,
      ).doctor?.patterns,
    ).toEqual([
      { match: 'a+', cause: 'c', remedy: 'r' },
      { match: 'b', cause: 'd', remedy: 's' },
    ]))
  it('points at what is wrong with it', () =>
    expect(
      errorsOf(`${STORE}[[doctor.patterns]]\nmatch = '('\ncause = "c"\nremdy = "r"`),
    ).toMatchInlineSnapshot(`
      "s.toml:4:10: error: \`patterns[0]\` has no \`remedy\`
        4 | [[doctor.patterns]]
          |          ^^^^^^^^
        hint: e.g. remedy = "./bin/renew-license"

      s.toml:5:9: error: \`match\`: not a regular expression: Unterminated group
        5 | match = '('
          |         ^^^
        hint: JavaScript syntax; in '…' (a literal string) a backslash stays as it is

      s.toml:7:1: error: unknown key \`remdy\`; did you mean \`remedy\`?
        7 | remdy = "r"
          | ^^^^^
      "
    `))
  it('refuses an endpoint that is no URL, and placeholders that mean nothing', () =>
    expect([messagesOf(s3('127.0.0.1:9000')), messagesOf(s3('{url.stoer}'))]).toMatchInlineSnapshot(`
      [
        [
          "5:12 \`endpoint\`: "127.0.0.1:9000" is no endpoint",
        ],
        [
          "5:13 \`{url.stoer}\` names no daemon; did you mean \`{url.store}\`?",
        ],
      ]
    `))
  it('keeps both keys secret, in messages too', () => {
    expect(stackOf(s3('{url.store}')).secrets).toEqual(['shopkeeper', 'swordfish'])
    expect(errorsOf(`${s3('{url.store}')} x`)).not.toContain('swordfish')
  })
})

describe('resolveDoctorS3', () => {
  it('fills in the port that the running stack has', () =>
    expect(resolveDoctorS3(stackOf(s3('{url.store}')), { ports: ports(4001), env: {} })).toEqual({
      ok: true,
      value: {
        known: true,
        store: {
          endpoint: 'http://127.0.0.1:4001',
          region: 'us-east-1',
          bucket: 'shop',
          accessKeyId: 'shopkeeper',
          secretAccessKey: 'swordfish',
        },
        secrets: ['shopkeeper', 'swordfish'],
      },
    }))
  it('says which socket has no port while nothing runs', () =>
    expect(resolveDoctorS3(stackOf(s3('{url.store}')), { ports: new Map(), env: {} })).toEqual({
      ok: true,
      value: { known: false, socket: '{url.store}', daemon: 'store' },
    }))
  it('reads variables, and points at one that is not set', () => {
    const stack = stackOf(s3('http://s3.test', '{env.S3_SECRET}'))
    const filled = resolveDoctorS3(stack, { ports: new Map(), env: { S3_SECRET: 'from-outside' } })
    expect(filled).toMatchObject({ value: { store: { secretAccessKey: 'from-outside' } } })
    const missing = resolveDoctorS3(stack, { ports: new Map(), env: {} })
    expect(
      missing.ok ? '' : renderDiagnostics(missing.error, { cwd: '/project/stacks' }),
    ).toMatchInlineSnapshot(`
      "s.toml:8:22: error: the environment variable \`S3_SECRET\` is not set
        8 | secret_access_key = "{env.S3_SECRET}"
          |                      ^^^^^^^^^^^^^^^
        hint: set it for this command: S3_SECRET=… smokechain …
      "
    `)
  })
})
