import { alters, answer, changeBody, gone, mangles, textOf, to, withoutLast } from '../change.ts'
import { type Break, faultsOf, type Reply } from '../fault.ts'

const SQL = 'POST /v1/sql'

/** A break of the statements that hold this text. */
const about = (text: string, more: Omit<Break, 'route' | 'when'>): Break => ({
  route: SQL,
  when: (request) => textOf(request).includes(text),
  ...more,
})
/** A table of one row. */
const row = (...values: readonly unknown[]): Reply =>
  answer(200, { columns: values.map((_, i) => `c${i}`), rows: [values], row_count: 1, truncated: false })

export const d5 = faultsOf('d5', {
  'never-refreshes': {
    daemon: 'catalogd',
    what: 'lists the datasets to queryd as they were at the start, so that no tick shows a new one',
    breaks: [alters('GET /v1/datasets', 'datasets', to([]))],
  },
  'loses-a-row': {
    daemon: 'queryd',
    what: 'counts a row too few',
    breaks: [alters(SQL, 'rows.0.0', (n) => (typeof n === 'number' && n > 900 ? n - 1 : n))],
  },
  'lists-no-table': {
    daemon: 'queryd',
    what: 'leaves a table out of the list',
    breaks: [alters('GET /v1/tables', 'tables', to([]))],
  },
  'wrong-sum': {
    daemon: 'queryd',
    what: 'rounds a sum of decimals',
    breaks: [alters(SQL, 'rows.*.3', (n) => (typeof n === 'number' ? Math.round(n) : n))],
  },
  'rounds-integers': {
    daemon: 'queryd',
    what: 'rounds integers beyond 2^53',
    breaks: [
      about('9007199254740993', {
        reply: (reply) => replaced(reply, '9007199254740993', '9007199254740992'),
      }),
    ],
  },
  'rounds-decimals': {
    daemon: 'queryd',
    what: 'drops the last digit of a decimal',
    breaks: [about('DECIMAL', { reply: (reply) => replaced(reply, '12.340', '12.34') })],
  },
  'reads-files': {
    daemon: 'queryd',
    what: 'reads a file that a statement names',
    breaks: [about('read_text', { instead: () => row('root:x:0:0') })],
  },
  'writes-files': {
    daemon: 'queryd',
    what: 'writes a file that a statement names',
    breaks: [about('COPY', { instead: () => row(1) })],
  },
  'changes-settings': {
    daemon: 'queryd',
    what: 'lets a statement change its settings',
    breaks: [about('enable_external_access', { instead: () => row(true) })],
  },
  'second-statement': {
    daemon: 'queryd',
    what: 'runs the second of two statements',
    breaks: [about('SELECT 1; SELECT 2', { send: changeBody('sql', to('SELECT 2')) })],
  },
  'vague-errors': {
    daemon: 'queryd',
    what: "hides the engine's message",
    breaks: [alters(SQL, 'error.message', to('bad request'))],
  },
  'no-cap': {
    daemon: 'queryd',
    what: 'ignores the cap on rows',
    breaks: [mangles(SQL, 'max_rows', gone)],
  },
  'cuts-in-silence': {
    daemon: 'queryd',
    what: 'cuts rows and does not say so',
    breaks: [alters(SQL, 'truncated', to(false))],
  },
  'ignores-order': {
    daemon: 'queryd',
    what: 'leaves out the last row of an answer',
    breaks: [about('ORDER BY id DESC', { reply: (reply) => answer(200, cut(reply)) })],
  },
})

function replaced(reply: Reply, from: string, by: string): Reply {
  return { ...reply, body: Buffer.from(reply.body.toString().replace(from, by)) }
}

function cut(reply: Reply): unknown {
  const value = JSON.parse(reply.body.toString())
  return { ...value, rows: withoutLast(value.rows) }
}
