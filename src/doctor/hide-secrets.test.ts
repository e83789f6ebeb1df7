import { describe, expect, it } from 'vitest'
import { cleanReports, maskAssignments, secretsOfEnvironment } from './hide-secrets.ts'

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

it('reads secret variables by their names; the working directory is none', () =>
  expect(
    secretsOfEnvironment({
      API_TOKEN: 'swordfish',
      PWD: '/srv/shop',
      OLDPWD: '/srv',
      HOME: '/root',
      PASSWORD: 'x',
    }),
  ).toEqual(['swordfish']))

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
