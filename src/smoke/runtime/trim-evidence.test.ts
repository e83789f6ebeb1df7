import { expect, it } from 'vitest'
import type { StepEvidence } from '../../kernel/evidence.ts'
import { createRedactor } from '../../kernel/redact.ts'
import { HOST_TEXT, KEPT_TEXT, trimEvidence } from './trim-evidence.ts'

const request = { daemon: 'shop', method: 'GET', path: '/', ms: 1, bytes: 0 }

function trimmed(answer: string, secret: string): string {
  const evidence: StepEvidence = { requests: [{ ...request, answer }] }
  return trimEvidence(evidence, createRedactor([secret]).text).requests?.[0]?.answer ?? ''
}

it('keeps short texts as they are, and takes secrets out of every text', () => {
  const check = { what: 'key s3cret', ok: true, expected: 's3cret', received: 's3cret', request: 0 }
  const evidence = {
    requests: [{ ...request, path: '/?k=s3cret', sent: 's3cret', answer: 'a s3cret b', fault: 's3cret' }],
    checks: [check],
    omitted: { requests: 1, checks: 2 },
  }
  const clean = trimEvidence(evidence, createRedactor(['s3cret']).text)
  expect(JSON.stringify(clean)).not.toContain('s3cret')
  expect(clean.requests?.[0]?.answer).toBe('a [redacted] b')
  expect(clean.omitted).toEqual({ requests: 1, checks: 2 })
  expect(trimEvidence({}, (text) => text)).toEqual({})
})

it.each([0, 1, 17, 100])('leaves no beginning of a secret that was cut %i characters from its end', (cut) => {
  const secret = 'K'.repeat(60) + 'Z'.repeat(60)
  const host = `${'-'.repeat(HOST_TEXT)}${secret}`.slice(120 - cut)
  // As the host sends it: cut somewhere inside the secret.
  expect(trimmed(host.slice(0, HOST_TEXT), secret)).not.toContain('K')
})

it('leaves none where other secrets before it have made the text shorter', () => {
  const secret = 'KEY0123456789'
  const text = `${secret.repeat(40)}`.slice(0, HOST_TEXT - 5)
  const cutInside = `${'x'.repeat(5)}${text}`
  expect(trimmed(cutInside, secret)).not.toMatch(/KEY|0123/)
})

it('says when something was left out', () => {
  expect(trimmed('x'.repeat(KEPT_TEXT), 's')).toBe('x'.repeat(KEPT_TEXT))
  expect(trimmed('x'.repeat(KEPT_TEXT + 1), 's')).toBe(`${'x'.repeat(KEPT_TEXT)}…`)
  expect(trimmed(`${'x'.repeat(KEPT_TEXT - 1)}😀…`, 's')).toBe(`${'x'.repeat(KEPT_TEXT - 1)}\ufffd…`)
})
