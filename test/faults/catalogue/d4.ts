import { alters, changeBody, list, plus, textOf, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const INGEST = 'POST /v1/ingest/*'

export const d4 = faultsOf('d4', {
  'drops-a-row': {
    daemon: 'ingestd',
    what: 'drops the last row of a file',
    breaks: [
      {
        route: INGEST,
        when: (request) => textOf(request).startsWith('id,customer'),
        send: (request) => {
          const rows = textOf(request).trimEnd().split('\n').slice(0, -1)
          return { ...request, body: Buffer.from(`${rows.join('\n')}\n`) }
        },
      },
    ],
  },
  'all-text': {
    daemon: 'ingestd',
    what: 'takes every column for text',
    breaks: [alters(INGEST, 'columns.*.type', to('VARCHAR'))],
  },
  'stores-again': {
    daemon: 'ingestd',
    what: 'stores the same bytes a second time',
    breaks: [
      {
        route: INGEST,
        send: (request, memory) => {
          const again = memory.get(textOf(request)) === true
          memory.set(textOf(request), true)
          // Other bytes of the same rows: a line end more.
          return again ? { ...request, body: Buffer.concat([request.body, Buffer.from('\n')]) } : request
        },
      },
    ],
  },
  'takes-drift': {
    daemon: 'ingestd',
    what: 'takes rows of other columns',
    breaks: [turns(INGEST, 409, 201, { rows: 1, deduplicated: false })],
  },
  'keeps-refused': {
    daemon: 'storaged',
    what: 'keeps an object of rows that were refused as drift',
    breaks: [
      alters(
        'GET /v1/objects',
        'objects',
        list((objects) => (objects.length < 2 ? objects : [...objects, { key: 'data/refused.parquet' }])),
      ),
    ],
  },
  'pads-ragged': {
    daemon: 'ingestd',
    what: 'fills up a row that has a field too few',
    breaks: [
      {
        route: INGEST,
        when: (request) => textOf(request).includes('\n3\n'),
        send: (request) => ({ ...request, body: Buffer.from(textOf(request).replace('\n3\n', '\n3,\n')) }),
      },
    ],
  },
  'wrong-line': {
    daemon: 'ingestd',
    what: 'names the line after the one that is wrong',
    breaks: [alters(INGEST, 'error.line', plus(1))],
  },
  'no-parquet': {
    daemon: 'storaged',
    what: 'keeps a Parquet file without its end',
    breaks: [
      {
        route: 'GET /v1/objects/data/*',
        reply: (reply) => ({ ...reply, body: reply.body.subarray(0, -4) }),
      },
    ],
  },
  'numbers-from-text': {
    daemon: 'ingestd',
    what: 'turns the text "007" of NDJSON into a number',
    breaks: [
      {
        route: INGEST,
        when: (request) => textOf(request).includes('"007"'),
        send: (request) => ({
          ...request,
          body: Buffer.from(textOf(request).replace('"007"', '7').replace('"042"', '42')),
        }),
      },
    ],
  },
  'reads-any-type': {
    daemon: 'ingestd',
    what: 'reads any media type as CSV',
    breaks: [
      {
        route: INGEST,
        when: (request) => request.headers['content-type'] === 'application/xml',
        send: (request) => ({ ...request, headers: { ...request.headers, 'content-type': 'text/csv' } }),
      },
    ],
  },
  'other-dataset': {
    daemon: 'catalogd',
    what: 'makes a new dataset of further rows',
    breaks: [
      {
        route: 'POST /v1/datasets',
        send: (request, memory) => {
          const { name } = JSON.parse(textOf(request))
          const isKnown = memory.has(name)
          memory.set(name, true)
          return isKnown ? changeBody('name', () => `${name}_further`)(request) : request
        },
      },
    ],
  },
})
