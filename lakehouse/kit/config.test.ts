import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bindSchema, durationSchema, parseConfig, sizeSchema } from './config.ts'

const schema = z.strictObject({
  bind: bindSchema,
  timeout: durationSchema.default(30_000),
  max: sizeSchema.default(1),
})
const parse = (text: string) => parseConfig(text, 'xd', schema, 'stack.toml')

describe('parseConfig', () => {
  it('reads its own section, the services and the token, and leaves the other sections alone', () => {
    const text = `
      [services]
      storaged = "http://127.0.0.1:3211/"
      [auth]
      token = "secret"
      [yd]
      anything = true
      [xd]
      bind = "[::1]:80"
      timeout = "1.5m"
      max = "2KiB"`
    expect(parse(text)).toEqual({
      ok: true,
      value: {
        own: { bind: { host: '::1', port: 80 }, timeout: 90_000, max: 2_048 },
        services: { storaged: 'http://127.0.0.1:3211' },
        auth: { token: 'secret' },
        file: 'stack.toml',
      },
    })
  })

  it.each([
    ['', 'stack.toml: xd.bind: '],
    ['[xd]\nbind = 7', 'stack.toml: xd.bind: '],
    ['[xd]\nbind = "nowhere"', 'stack.toml: xd.bind: "nowhere" is no address'],
    ['[xd]\nbind = "a:70000"', 'is no address'],
    ['[xd]\nbind = "a:1"\ntimeout = "soon"', 'xd.timeout: "soon" is no duration'],
    ['[xd]\nbind = "a:1"\nmax = "1 parsec"', 'xd.max: "1 parsec" is no size'],
    ['[xd]\nbind = "a:1"\nmax = -1', 'xd.max: '],
    ['[xd]\nbind = "a:1"\nbnid = 1', 'unknown field "xd.bnid"'],
    ['[xd]\nbind = "a:1"\n[auth]\ntoken = ""', 'stack.toml: auth.token: '],
    ['[xd]\nbind = "a:1"\n[auth]\ntokn = "x"', 'unknown field "auth.tokn"'],
    ['[xd]\nbind = "a:1"\n[services]\nyd = "here"', 'services.yd: must be an http(s) URL'],
    ['a = 1\nb = \n', 'stack.toml:2:5: not valid TOML: '],
  ])('refuses %j with one line that says where and why', (text, message) => {
    const parsed = parse(text)
    expect(parsed).toMatchObject({ ok: false, error: expect.stringContaining(message) })
    expect(parsed.ok ? '' : parsed.error).not.toContain('\n')
  })
})
