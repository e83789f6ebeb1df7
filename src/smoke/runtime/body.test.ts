import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { prepareBody } from './body.ts'

describe('prepareBody', () => {
  it.each([
    [undefined, undefined, undefined],
    ['a,b', 'a,b', 'text/plain; charset=utf-8'],
    [{ a: 1 }, '{"a":1}', 'application/json'],
    [[1], '[1]', 'application/json'],
    [null, 'null', 'application/json'],
    [0, '0', 'application/json'],
    [Buffer.from('x'), Buffer.from('x'), 'application/octet-stream'],
    [new Uint8Array([1]), Buffer.from([1]), 'application/octet-stream'],
  ])('%o goes out as %o, %s', (body, content, contentType) => {
    expect(prepareBody(body)).toMatchObject({ content, contentType, isStream: false })
  })

  it('sends streams chunk by chunk', async () => {
    for (const source of [Readable.from(['a', Buffer.from('b')]), new Blob(['ab']).stream()]) {
      const { content, isStream } = prepareBody(source)
      expect(isStream).toBe(true)
      const chunks: Buffer[] = []
      if (typeof content === 'object' && Symbol.asyncIterator in content) {
        for await (const chunk of content) chunks.push(chunk)
      }
      expect(Buffer.concat(chunks).toString()).toBe('ab')
    }
  })

  it('refuses what has no form on the wire', () => {
    expect(() => prepareBody(() => 1)).toThrow(TypeError)
    const loop: Record<string, unknown> = {}
    loop['loop'] = loop
    expect(() => prepareBody(loop)).toThrow(TypeError)
  })
})
