/** Small changes of requests and answers, for the catalogue. Each gives a new value and leaves its argument alone. */
import type { Break, Reply, Seen } from './fault.ts'

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' }

/** An answer of one's own. */
export function answer(status: number, value: unknown): Reply {
  return { status, headers: JSON_HEADERS, body: Buffer.from(JSON.stringify(value)) }
}

/** Answers in place of the daemon. */
export const answers = (route: string, status: number, value: unknown): Break => ({
  route,
  instead: () => answer(status, value),
})

export type Change = (value: unknown) => unknown

/**
 * Changes every value at `path` (`error.columns`, `results.*.score`, `rows.0.0`); a path that leads nowhere changes
 * nothing. A change to `undefined` takes the key away.
 */
export function changeAt(value: unknown, path: string, change: Change): unknown {
  return changeAlong(value, path === '' ? [] : path.split('.'), change)
}

function changeAlong(value: unknown, [key, ...rest]: readonly string[], change: Change): unknown {
  if (key === undefined) return change(value)
  if (Array.isArray(value)) {
    return value.map((item: unknown, i) =>
      key === '*' || key === String(i) ? changeAlong(item, rest, change) : item,
    )
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]) =>
    key === '*' || key === name ? [name, changeAlong(inner, rest, change)] : [name, inner],
  )
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined))
}

const parse = (body: Buffer): unknown => (body.length === 0 ? {} : JSON.parse(body.toString()))

/** The request's body with a value changed. */
export const changeBody =
  (path: string, change: Change) =>
  (request: Seen): Seen => ({
    ...request,
    body: Buffer.from(JSON.stringify(changeAt(parse(request.body), path, change))),
  })

/** The answer's body with a value changed; answers that are no JSON stay. */
export const changeAnswer =
  (path: string, change: Change) =>
  (reply: Reply): Reply => {
    const isJson = String(reply.headers['content-type'] ?? '').includes('json')
    if (!isJson || reply.body.length === 0) return reply
    return { ...reply, body: Buffer.from(JSON.stringify(changeAt(parse(reply.body), path, change))) }
  }

/** Changes a value in every answer of the route. */
export const alters = (route: string, path: string, change: Change): Break => ({
  route,
  reply: changeAnswer(path, change),
})

/** Changes a value in every request of the route. */
export const mangles = (route: string, path: string, change: Change): Break => ({
  route,
  send: changeBody(path, change),
})

/** An answer of one status, with a body where it needs another, in place of another status. */
export const turns = (route: string, from: number, to: number, value?: unknown): Break => ({
  route,
  reply: (reply) => {
    if (reply.status !== from) return reply
    return value === undefined ? { ...reply, status: to } : answer(to, value)
  },
})

export const to =
  (value: unknown): Change =>
  () =>
    value
export const gone: Change = () => undefined
export const plus =
  (n: number): Change =>
  (value) =>
    typeof value === 'number' ? value + n : value
export const times =
  (n: number): Change =>
  (value) =>
    typeof value === 'number' ? value * n : value
export const list =
  (change: (items: readonly unknown[]) => readonly unknown[]): Change =>
  (value) =>
    Array.isArray(value) ? change(value) : value
export const reversed: Change = list((items) => items.toReversed())
export const withoutLast: Change = list((items) => items.slice(0, -1))

/** The request without this parameter of its query. */
export const dropParameter =
  (name: string) =>
  (request: Seen): Seen => {
    const [path = '', query = ''] = request.url.split('?')
    const kept = query.split('&').filter((part) => part !== '' && !part.startsWith(`${name}=`))
    return { ...request, url: kept.length === 0 ? path : `${path}?${kept.join('&')}` }
  }

/** The text of a request's body. */
export const textOf = (request: Seen): string => request.body.toString()
