import { createHash } from 'node:crypto'
import { match, smoke } from 'smokechain'

/** Bytes that no text encoding survives: every value, NUL and line ends among them. */
const EVERY_BYTE = Buffer.from(Array.from({ length: 1024 }, (_, i) => (i * 7) % 256))

/** Keys as they stand in a URL, and why each must be refused. */
const BAD_KEYS = [
  ['an empty key', ''],
  ['a key of 1,025 bytes', 'k'.repeat(1_025)],
  ['NUL', 'a%00b'],
  ['a leading slash', '%2Fetc/passwd'],
  ['a component ".."', 'a/../b'],
  ['an encoded ".."', 'a/%2e%2e/b'],
  ['an encoded slash around ".."', 'a%2F..%2Fb'],
  ['CR', 'a%0Db'],
  ['LF', 'a%0Ab'],
  ['a tab', 'a%09b'],
  ['another control character', 'a%1Bb'],
  ['broken percent-encoding', 'a%zz'],
  ['bytes that are not UTF-8', 'a%ff'],
] as const

export default smoke({
  title: 'what storaged acknowledges is what it gives back',
  why: 'every table, index and manifest is an object in storaged: a wrong byte here is wrong everywhere',
  needs: ['storaged'],
  claims: ['write-durability'],
  budget: '20s',
  async run({ storaged, step, unique, stack }) {
    const folder = unique('d2')
    const at = (key: string) => `/v1/objects/${folder}/${key}`

    await step('a stored object is acknowledged with its size and hash', () =>
      storaged.put(at('note.txt'), 'hello, lake', {
        status: 200,
        headers: { 'content-type': /^application\/json/ },
        json: {
          key: `${folder}/note.txt`,
          size: 11,
          sha256: createHash('sha256').update('hello, lake').digest('hex'),
        },
      }),
    )
    await step('the same bytes come back', () =>
      storaged.get(at('note.txt'), {
        status: 200,
        bytes: Buffer.from('hello, lake'),
        headers: { 'content-length': '11' },
      }),
    )
    await step('HEAD tells the size and sends no body', () =>
      storaged.head(at('note.txt'), {
        status: 200,
        headers: { 'content-length': '11' },
        bytes: { length: 0 },
      }),
    )

    await step('every byte value survives', async () => {
      await storaged.put(at('binary'), EVERY_BYTE, { status: 200, json: { size: EVERY_BYTE.length } })
      await storaged.get(at('binary'), { status: 200, bytes: EVERY_BYTE })
    })
    await step('an empty object is an object', async () => {
      await storaged.put(at('empty'), Buffer.alloc(0), { status: 200, json: { size: 0 } })
      await storaged.get(at('empty'), { status: 200, bytes: { length: 0 } })
    })
    await step('a key in UTF-8 with blanks and signs is one key', async () => {
      const key = 'grüße/日本 +&?#.txt'
      await storaged.put(at(encodeURIComponent(key)), 'ja', {
        status: 200,
        json: { key: `${folder}/${key}` },
      })
      await storaged.get(at(encodeURIComponent(key)), { status: 200, text: 'ja' })
    })

    await step('an overwritten object has the new bytes only', async () => {
      await storaged.put(at('note.txt'), 'bye', { status: 200, json: { size: 3 } })
      await storaged.get(at('note.txt'), { status: 200, text: 'bye', headers: { 'content-length': '3' } })
    })

    await step('a listing holds the keys of its prefix, in the order of their bytes', async () => {
      for (const key of ['list/b', 'list/a', 'list/B', 'list/é', 'listed']) {
        await storaged.put(at(encodeURI(key)), key, { status: 200 })
      }
      await storaged.get(`/v1/objects?prefix=${folder}/list/`, {
        status: 200,
        json: {
          objects: [
            { key: `${folder}/list/B`, size: 6 },
            { key: `${folder}/list/a`, size: 6 },
            { key: `${folder}/list/b`, size: 6 },
            { key: `${folder}/list/é`, size: 7 },
          ],
          truncated: false,
          next: null,
        },
      })
    })
    await step('a listing is cut where asked, and goes on from there', async () => {
      const first = await storaged.get(`/v1/objects?prefix=${folder}/list/&limit=3`, {
        status: 200,
        json: { objects: match.length(3), truncated: true, next: `${folder}/list/b` },
      })
      const after = encodeURIComponent(String(first.json.next))
      await storaged.get(`/v1/objects?prefix=${folder}/list/&after=${after}`, {
        status: 200,
        json: { objects: [{ key: `${folder}/list/é` }], truncated: false },
      })
    })

    await step('a deleted object is gone: for reading, for HEAD, and from the listing', async () => {
      await storaged.delete(at('note.txt'), { status: 200, json: { deleted: true } })
      await storaged.get(at('note.txt'), { status: 404, json: { error: { code: 'not_found' } } })
      await storaged.head(at('note.txt'), { status: 404 })
      await storaged.delete(at('note.txt'), { status: 404, json: { error: { code: 'not_found' } } })
      await storaged.get(`/v1/objects?prefix=${folder}/note`, { status: 200, json: { objects: [] } })
    })
    await step('an object that never was is a 404 in JSON', () =>
      storaged.get(at('never'), {
        status: 404,
        headers: { 'content-type': /^application\/json/ },
        json: { error: { code: 'not_found', message: match.string() } },
      }),
    )

    for (const [what, key] of BAD_KEYS) {
      await step(`refused as a key: ${what}`, () =>
        storaged.put(`/v1/objects/${key}`, 'x', { status: 400, json: { error: { code: 'bad_key' } } }),
      )
    }
    for (const [what, byte] of [
      ['NUL', '\0'],
      ['tab', '\t'],
      ['a bare CR', '\r'],
      ['ESC', '\x1b'],
    ] as const) {
      await step(`refused raw in the request line: ${what}`, () =>
        storaged.raw(
          `PUT /v1/objects/${folder}/a${byte}b HTTP/1.1\r\nHost: storaged\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx`,
          { status: 400, headers: { 'content-type': /^application\/json/ } },
        ),
      )
    }
    await step('nothing that was refused was stored', () =>
      storaged.get(`/v1/objects?prefix=${folder}/a`, { status: 200, json: { objects: [] } }),
    )
    await step('an unknown query parameter is refused by name', () =>
      storaged.get('/v1/objects?perfix=x', {
        status: 400,
        json: { error: { code: 'bad_request', field: 'perfix' } },
      }),
    )

    await step('an acknowledged object survives kill -9', { claims: ['write-durability'] }, async () => {
      await storaged.put(at('durable'), EVERY_BYTE, { status: 200, json: { size: EVERY_BYTE.length } })
      await stack.restart('storaged', { signal: 'SIGKILL' })
      await storaged.get(at('durable'), { status: 200, bytes: EVERY_BYTE })
      await storaged.get(at('note.txt'), { status: 404 })
    })
  },
})
