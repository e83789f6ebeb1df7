import { describe, expect, it } from 'vitest'
import { nameRef, parsePush } from './pre-push.ts'

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
const ZERO = '0'.repeat(40)

const read = (text: string) => {
  const result = parsePush(text)
  if (!result.ok) throw new Error(result.error)
  return result.value
}
const refuse = (text: string): string => {
  const result = parsePush(text)
  return result.ok ? `accepted: ${JSON.stringify(result.value)}` : result.error
}

describe('parsePush', () => {
  it('reads nothing as nothing to push', () => expect(read('')).toEqual([]))
  it('reads an update', () =>
    expect(read(`refs/heads/main ${A} refs/heads/main ${B}\n`)).toEqual([
      { local: 'refs/heads/main', id: A, remote: 'refs/heads/main' },
    ]))
  it('reads several refs in order, with and without a last line break', () => {
    const lines = `refs/heads/x ${A} refs/heads/x ${ZERO}\nrefs/tags/v1 ${B} refs/tags/v1 ${ZERO}`
    expect(read(lines).map(({ id }) => id)).toEqual([A, B])
    expect(read(`${lines}\n`)).toEqual(read(lines))
  })
  it('reads a deletion', () =>
    expect(read(`(delete) ${ZERO} refs/heads/old ${A}\n`)).toEqual([
      { local: '(delete)', id: undefined, remote: 'refs/heads/old' },
    ]))
  it('reads ids of 64 digits, and their zero', () => {
    const [long, zero] = ['c'.repeat(64), '0'.repeat(64)]
    expect(read(`HEAD~ ${long} refs/heads/x ${zero}\n(delete) ${zero} refs/heads/y ${long}\n`)).toEqual([
      { local: 'HEAD~', id: long, remote: 'refs/heads/x' },
      { local: '(delete)', id: undefined, remote: 'refs/heads/y' },
    ])
  })
  it.each([
    'HEAD~',
    'HEAD~2',
    A,
    ':/fix the gate',
    'HEAD@{1 day ago}',
    '$(touch x)',
    "';--exec=x",
    '(delete) x',
  ])('takes %j for a local name', (local) =>
    expect(read(`${local} ${A} refs/heads/x ${ZERO}\n`)).toEqual([{ local, id: A, remote: 'refs/heads/x' }]),
  )
  it('never loses the id that git wrote to a name that looks like a line', () =>
    expect(read(`x ${ZERO} refs/heads/a ${B}\ny ${A} refs/heads/x ${ZERO}\n`).at(-1)?.id).toBe(A))
  it.each([
    ['an empty line', '\n'],
    [
      'an empty line between two',
      `refs/heads/x ${A} refs/heads/x ${B}\n\nrefs/heads/y ${A} refs/heads/y ${B}\n`,
    ],
    ['a line that is cut off', `refs/heads/x ${A} refs/heads/x ${B.slice(1)}\n`],
    ['three fields', `refs/heads/x ${A} refs/heads/x\n`],
    ['no local name', ` ${A} refs/heads/x ${B}\n`],
    ['an id in capitals', `refs/heads/x ${A.toUpperCase()} refs/heads/x ${B}\n`],
    ['an id of 41 digits', `refs/heads/x ${A}a refs/heads/x ${B}b\n`],
    ['ids of two lengths', `refs/heads/x ${A} refs/heads/x ${'b'.repeat(64)}\n`],
    ['another line end', `refs/heads/x ${A} refs/heads/x ${B}\r\n`],
    ['anything else', 'hello\n'],
  ])('refuses %s', (_, text) =>
    expect(refuse(text)).toMatch(/^line \d of standard input is not as git writes it: "/),
  )
  it('says which line, made safe to print', () =>
    expect(refuse(`refs/heads/x ${A} refs/heads/x ${B}\n\u001b[2Jrefs\n`)).toBe(
      'line 2 of standard input is not as git writes it: "refs"',
    ))
})

describe('nameRef', () => {
  it('names a ref once when both sides agree', () => {
    expect(nameRef({ local: 'refs/heads/x', id: A, remote: 'refs/heads/x' })).toBe('refs/heads/x')
    expect(nameRef({ local: 'HEAD~', id: A, remote: 'refs/heads/x' })).toBe('HEAD~ → refs/heads/x')
  })
  it('keeps it on one line, short, and without escapes', () =>
    expect(nameRef({ local: `:/a\nb\u001b[31m${'c'.repeat(99)}`, id: A, remote: 'refs/heads/x' })).toMatch(
      /^:\/a bc{75}… \(\d+ more characters\) → refs\/heads\/x$/,
    ))
})
