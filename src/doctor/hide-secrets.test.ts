import { describe, expect, it } from 'vitest'
import { cleanReports, listPublicWords, listSecrets, maskAssignments } from './hide-secrets.ts'
import { stackOf } from './test-context.ts'

describe('maskAssignments', () => {
  it.each([
    ['password=swordfish', 'password=[redacted]'],
    ['{"user":"a","secretKey": "sword fish","n":1}', '{"user":"a","secretKey": "[redacted]","n":1}'],
    ['run --token swordfish --port 80', 'run --token [redacted] --port 80'],
    ['run --api-key=swordfish', 'run --api-key=[redacted]'],
    ['postgres://shop:swordfish@db/shop', 'postgres://shop:[redacted]@db/shop'],
    ['Authorization: Bearer c3dvcmRmaXNo1=', 'Authorization: Bearer [redacted]'],
    ["DB_PASSWORD='sword fish' refused", 'DB_PASSWORD=[redacted] refused'],
  ])('%s', (text, masked) => expect(maskAssignments(text)).toBe(masked))
  it.each([
    'password authentication failed for user "shop"',
    'max_tokens=100, token_file=/run/token',
    'http://127.0.0.1:3211/health',
    'basic checks passed',
    'edit [doctor.s3] of stack.toml: secret_access_key',
  ])('leaves alone: %s', (text) => expect(maskAssignments(text)).toBe(text))
})

describe('listSecrets', () => {
  it('reads secret variables by their names; the working directory is none', () => {
    const env = { API_TOKEN: 'swordfish', PWD: '/srv/shop', OLDPWD: '/srv', HOME: '/root', PASSWORD: 'x' }
    expect(listSecrets(undefined, env)).toEqual(['swordfish'])
  })
  it('reads those of the stack file, also where they come from variables with other names', () => {
    const stack = stackOf(`
[daemons.minio]
command = ["minio"]
bind = "127.0.0.1:0"
env = { ROOT_PASSWORD = "{env.FIRST}" }
[doctor.s3]
endpoint = "{url.minio}"
bucket = "shop"
access_key_id = "keeper"
secret_access_key = "{env.SECOND}"
`)
    const found = listSecrets(stack, { FIRST: 'first-value', SECOND: 'second-value' })
    expect(found).toEqual(expect.arrayContaining(['first-value', 'second-value', 'keeper']))
  })
})

it('leaves names whole in our own words, even where they are a secret, too; never in evidence', () => {
  const stack = stackOf('[daemons.minio]\ncommand = ["minio"]\nenv = { USER_PASSWORD = "minio" }')
  const finding = {
    id: 'f',
    severity: 'error',
    summary: 'minio is gone',
    evidence: ['said minio'],
    remedy: 'restart minio',
  } as const
  const report = { id: 'c', group: 'g', title: 't', state: 'done', ms: 1, findings: [finding] } as const
  expect(cleanReports([report], listSecrets(stack, {}), listPublicWords(stack))[0]?.findings).toMatchObject([
    { summary: 'minio is gone', evidence: ['said [redacted]'], remedy: 'restart minio' },
  ])
})

it('cleans every text of a finding: known values, terminal escapes, length', () => {
  const [report] = cleanReports(
    [
      {
        id: 'c',
        group: 'g',
        title: 't',
        state: 'done',
        ms: 1,
        findings: [
          {
            id: 'f',
            severity: 'error',
            summary: 'saw swordfish\u001b[31m\nand more',
            evidence: ['password: swordfish2', 'x'.repeat(1_000)],
            remedy: 'export DB_PASSWORD=…   (not swordfish)',
          },
        ],
      },
    ],
    ['swordfish'],
  )
  const [finding] = report?.findings ?? []
  expect(finding).toMatchObject({
    summary: 'saw [redacted] and more',
    remedy: 'export DB_PASSWORD=…   (not [redacted])',
  })
  expect(finding?.evidence?.[0]).toBe('password: [redacted]')
  expect(finding?.evidence?.[1]).toMatch(/^x{400}… \(600 more characters\)$/)
})
