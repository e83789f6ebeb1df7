import { describe, expect, it } from 'vitest'
import { isWholeAnswer, parseAnswer } from './raw-answer.ts'

const bytes = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')

describe('parseAnswer', () => {
  it('reads status, headers and body', () => {
    const answer = parseAnswer(
      bytes('HTTP/1.1 400 Bad Request\nContent-Type: a/b\nX-A: 1\nx-a: 2\nContent-Length: 2\n\nhi!'),
    )
    expect(answer).toEqual({
      status: 400,
      headers: { 'content-type': 'a/b', 'x-a': ['1', '2'], 'content-length': '2' },
      body: Buffer.from('hi'),
    })
  })

  it('puts chunks together', () => {
    const answer = parseAnswer(
      bytes('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;x=y\nabc\n2\nde\n0\n\n'),
    )
    expect(answer?.body.toString()).toBe('abcde')
  })

  it('passes over interim answers', () => {
    expect(parseAnswer(bytes('HTTP/1.1 100 Continue\n\nHTTP/1.1 201 Created\n\n'))?.status).toBe(201)
  })

  it.each(['', 'HTTP/1.1 200 OK\nA: b', 'SSH-2.0-x\n\n', 'HTTP/1.1 2000 OK\n\n'])(
    'takes %j for no answer',
    (text) => {
      expect(parseAnswer(bytes(text))).toBeUndefined()
    },
  )
})

describe('isWholeAnswer', () => {
  it.each([
    ['HTTP/1.1 200 OK\nContent-Length: 2\n\nhi', true],
    ['HTTP/1.1 200 OK\nContent-Length: 3\n\nhi', false],
    ['HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n', true],
    ['HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nhi\n', false],
    ['HTTP/1.1 204 No Content\n\n', true],
    ['HTTP/1.1 200 OK\n\nuntil the end', false],
    ['HTTP/1.1 200 OK\n', false],
    ['HTTP/1.1 100 Continue\n\n', false],
  ])('%j: %o', (text, whole) => expect(isWholeAnswer(bytes(text))).toBe(whole))
})
