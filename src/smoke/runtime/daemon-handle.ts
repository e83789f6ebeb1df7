/** A daemon as a smoke uses it: requests with what is expected of the answer beside them. */
import { exchangeRaw } from '../../host/connect.ts'
import { type HttpFault, requestHttp } from '../../host/http.ts'
import type { SocketAddress } from '../../kernel/event.ts'
import { didYouMean } from '../../kernel/text.ts'
import type { DaemonHandle, RequestOptions, SqlExpectation } from '../context.ts'
import { type Checked, type CheckedAnswer, checkAnswer, wantsOnlyDigest } from '../expect/answer.ts'
import type { DaemonDescription } from '../types.ts'
import { AnswerView } from './answer-view.ts'
import { discardBody, type PreparedBody, prepareBody } from './body.ts'
import { type Call, performCall } from './call.ts'
import { isWholeAnswer, parseAnswer } from './raw-answer.ts'
import { checkSqlAnswer, readTable } from './sql.ts'
import type { SmokeState } from './state.ts'
import { readDuration } from './within.ts'

const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_MAX_BYTES = 300 * 2 ** 20

/** @param log takes one line a request. */
export function createDaemonHandle(
  state: SmokeState,
  daemon: DaemonDescription,
  log: (line: string) => void,
): DaemonHandle {
  const first = daemon.binds[0]

  const socketOf = (options: RequestOptions | undefined): SocketAddress => {
    const found = options?.bind === undefined ? first : daemon.binds.find((b) => b.name === options.bind)
    if (found) return found
    if (options?.bind === undefined) return state.misuse(`${daemon.name} has no socket to send a request to`)
    const names = daemon.binds.map((b) => b.name)
    return state.misuse(`${daemon.name} has no socket "${options.bind}"${didYouMean(options.bind, names)}`)
  }

  const http = (
    method: string,
    path: string,
    body: unknown,
    expectation: SqlExpectation | undefined,
    options: RequestOptions | undefined,
    sqlCheck?: (answer: CheckedAnswer) => Checked,
  ): Promise<AnswerView> => {
    if (typeof path !== 'string' || !path.startsWith('/')) {
      state.misuse(`${daemon.name}: a path begins with "/", not ${JSON.stringify(path)}`)
    }
    const socket = socketOf(options)
    const prepared = prepare(state, body)
    const line = { daemon: daemon.name, method, url: `${urlOf(socket)}${path}` }
    const call: Call = {
      line,
      expectation,
      check: sqlCheck ?? ((answer) => checkAnswer(expectation ?? {}, answer)),
      isSql: sqlCheck !== undefined,
      timeoutMs: readTimeout(state, options),
      summary: prepared.summary,
      canRepeat: !prepared.isStream,
      send: async (timeoutMs, signal) => {
        const answer = await requestHttp({
          method,
          host: socket.host,
          port: socket.port,
          path,
          headers: { ...contentType(prepared), ...copyHeaders(options?.headers) },
          ...(prepared.content === undefined ? {} : { body: prepared.content }),
          timeoutMs,
          maxBodyBytes: options?.maxBytes ?? DEFAULT_MAX_BYTES,
          hashBody: !sqlCheck && wantsOnlyDigest(expectation),
          signal,
        })
        if (!answer.ok) return answer.error
        if (answer.value.truncated) return tooLarge(options)
        return new AnswerView(`${method} ${line.url}`, answer.value)
      },
    }
    return performCall(state, call, log).finally(() => discardBody(body))
  }

  const raw = (
    bytes: Uint8Array | string,
    expectation: SqlExpectation | undefined,
    options: RequestOptions | undefined,
  ): Promise<AnswerView> => {
    const socket = socketOf(options)
    const content = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)
    const line = { daemon: daemon.name, method: 'RAW', url: urlOf(socket) }
    const call: Call = {
      line,
      expectation,
      check: (answer) => checkAnswer(expectation ?? {}, answer),
      isSql: false,
      timeoutMs: readTimeout(state, options),
      summary: JSON.stringify(content.subarray(0, 200).toString('latin1')),
      canRepeat: true,
      send: async (timeoutMs, signal) => {
        const { host, port } = socket
        const maxBytes = options?.maxBytes ?? DEFAULT_MAX_BYTES
        const got = await exchangeRaw({
          host,
          port,
          bytes: content,
          timeoutMs,
          maxBytes,
          until: isWholeAnswer,
          signal,
        })
        if (!got.ok) return got.error
        const answer = parseAnswer(got.value)
        if (answer) return new AnswerView(`raw bytes to ${line.url}`, answer)
        const detail =
          got.value.length === 0 ? 'closed without an answer' : `no HTTP: ${got.value.subarray(0, 80)}`
        return { kind: 'protocol', detail }
      },
    }
    return performCall(state, call, log)
  }

  const get = (method: string) => (path: string, expectation?: SqlExpectation, options?: RequestOptions) =>
    http(method, path, undefined, expectation, options)
  const send =
    (method: string) =>
    (path: string, body?: unknown, expectation?: SqlExpectation, options?: RequestOptions) =>
      http(method, path, body, expectation, options)

  const sql = async (
    statement: string,
    expectation?: SqlExpectation,
    options?: RequestOptions & { readonly body?: object },
  ) => {
    const body = { [daemon.sql.statementField]: statement, ...options?.body }
    const check = (answer: CheckedAnswer): Checked => checkSqlAnswer(expectation ?? {}, answer, daemon.sql)
    const answer = await http('POST', daemon.sql.path, body, expectation ?? {}, options, check)
    const read = readTable(answer.body, daemon.sql)
    return Object.assign(answer, read.ok ? read.table : { columns: [], rows: [] })
  }

  const handle = {
    name: daemon.name,
    get url() {
      return urlOf(socketOf(undefined))
    },
    get bind() {
      const { host, port } = socketOf(undefined)
      return { host, port }
    },
    binds: daemon.binds,
    get: get('GET'),
    head: get('HEAD'),
    delete: get('DELETE'),
    post: send('POST'),
    put: send('PUT'),
    patch: send('PATCH'),
    request: (
      method: string,
      path: string,
      body?: unknown,
      expectation?: SqlExpectation,
      options?: RequestOptions,
    ) => http(method, path, body, expectation, options),
    raw,
    sql,
  }
  // The types of answers follow from the expectations, which are checked before an answer is handed out.
  return handle as unknown as DaemonHandle
}

const urlOf = (socket: SocketAddress): string =>
  `http://${socket.host.includes(':') ? `[${socket.host}]` : socket.host}:${socket.port}`

function prepare(state: SmokeState, body: unknown): PreparedBody {
  try {
    return prepareBody(body)
  } catch (error) {
    if (error instanceof TypeError) return state.misuse(error.message)
    throw error
  }
}

const contentType = (body: PreparedBody): Record<string, string> =>
  body.contentType === undefined ? {} : { 'content-type': body.contentType }

function copyHeaders(headers: RequestOptions['headers'] = {}): Record<string, string | string[]> {
  const entries = Object.entries(headers)
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), typeof value === 'string' ? value : [...value]]),
  )
}

function readTimeout(state: SmokeState, options: RequestOptions | undefined): number {
  if (options?.timeout === undefined) return DEFAULT_TIMEOUT_MS
  return readDuration(state, options.timeout, 'timeout')
}

const tooLarge = (options: RequestOptions | undefined): HttpFault => ({
  kind: 'too-large',
  detail: `the body is longer than ${options?.maxBytes ?? DEFAULT_MAX_BYTES} bytes`,
})
