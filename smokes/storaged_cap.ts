import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { match, smoke } from 'smokechain'

const MIB = 2 ** 20
const CAP = 256 * MIB
const CHUNK = Buffer.alloc(MIB, 'storaged moves every one of these bytes; ')

/** `mebibytes` of body, chunk by chunk; after the first it waits for `gate`, so that an upload can be held open. */
async function* chunks(mebibytes: number, gate?: Promise<void>, onFirst?: () => void) {
  for (let i = 0; i < mebibytes; i += 1) {
    yield CHUNK
    if (i === 0) {
      onFirst?.()
      await gate
    }
  }
}

/** The same chunks, hashed on their way. */
async function* hashed(hash: Hash, body: AsyncIterable<Buffer>) {
  for await (const chunk of body) {
    hash.update(chunk)
    yield chunk
  }
}

/** Begins an upload and closes the connection in the middle of it. */
async function breakOff(bind: { host: string; port: number }, path: string): Promise<void> {
  const socket = connect(bind.port, bind.host)
  await once(socket, 'connect')
  const head = `PUT ${path} HTTP/1.1\r\nHost: storaged\r\nContent-Length: 1000\r\n\r\n`
  await new Promise((resolve) => socket.write(`${head}only this`, resolve))
  socket.destroy()
  await once(socket, 'close')
}

export default smoke({
  title:
    'storaged takes 256 MiB and no byte more, four uploads at once and no fifth, and leaves nothing of what it refused',
  why: 'one client that sends without end, or many at once, must not take the disk or the daemon from the others',
  needs: ['storaged'],
  claims: ['upload-limits'],
  budget: '300s',
  async run({ storaged, step, expect, unique }) {
    const folder = unique('cap')
    const at = (name: string) => `/v1/objects/${folder}/${name}`
    const nothing = (name: string) =>
      storaged.get(`/v1/objects?prefix=${folder}/${name}`, { status: 200, json: { objects: [] } })

    const stored = Promise.withResolvers<void>()
    const largest = step('an object of exactly 256 MiB is stored and comes back whole', async () => {
      const hash = createHash('sha256')
      const acknowledged = await storaged
        .put(
          at('largest'),
          hashed(hash, chunks(256)),
          { status: 200, json: { size: CAP, sha256: match.string() } },
          { headers: { 'content-length': String(CAP) }, timeout: '120s' },
        )
        .finally(stored.resolve)
      const sha256 = hash.digest('hex')
      expect('the hash that was acknowledged', acknowledged.json.sha256, sha256)
      await storaged.get(at('largest'), { status: 200, bytes: { length: CAP, sha256 } }, { timeout: '120s' })
      await storaged.delete(at('largest'), { status: 200, json: { deleted: true } })
    })
    // Beside the download, which keeps this process busy, and storaged hardly.
    const overrun = stored.promise.then(() =>
      step('a chunked body that grows past the cap is refused, and nothing of it stays', async () => {
        await storaged.put(
          at('chunked'),
          chunks(257),
          { status: 413, json: { error: { code: 'too_large' } } },
          { timeout: '120s' },
        )
        await nothing('chunked')
        await storaged.get(at('chunked'), { status: 404 })
      }),
    )
    await Promise.all([largest, overrun])
    await step('one byte more is refused by its Content-Length, before the body is sent', async () => {
      // Only the head goes out: an answer can come only from a server that does not wait for the body.
      await storaged.raw(
        `PUT ${at('declared')} HTTP/1.1\r\nHost: storaged\r\nContent-Length: ${CAP + 1}\r\nConnection: close\r\n\r\n`,
        { status: 413, json: { error: { code: 'too_large' } } },
      )
      await nothing('declared')
    })
    await step(
      'while four uploads run, the fifth is turned away at once, with a time to come back',
      async () => {
        const gate = Promise.withResolvers<void>()
        const running = [0, 1, 2, 3].map((i) => {
          const begun = Promise.withResolvers<void>()
          const done = storaged.put(at(`slot-${i}`), chunks(2, gate.promise, begun.resolve), {
            status: 200,
            json: { size: 2 * MIB },
          })
          return { begun: begun.promise, done }
        })
        try {
          await Promise.all(running.map((upload) => upload.begun))
          await storaged.put(at('fifth'), 'x', {
            status: 503,
            headers: { 'retry-after': '5' },
            json: { error: { code: 'too_many_uploads' } },
            // The four have begun to send; that storaged has seen all of them may take a moment.
            within: '5s',
          })
          await storaged.get(at('fifth'), { status: 404 })
        } finally {
          gate.resolve()
        }
        await Promise.all(running.map((upload) => upload.done))
      },
    )
    await step('once they are done the slots are free again', () =>
      storaged.put(at('after'), 'x', { status: 200, json: { size: 1 } }),
    )
    await step('all four arrived', () =>
      storaged.get(`/v1/objects?prefix=${folder}/slot-`, { status: 200, json: { objects: match.length(4) } }),
    )

    await step('uploads that break off leave nothing and give their slots back', async () => {
      await Promise.all([0, 1, 2, 3, 4].map(() => breakOff(storaged.bind, at('broken'))))
      await Promise.all(
        [0, 1, 2, 3].map((i) => storaged.put(at(`again-${i}`), 'x', { status: 200, within: '5s' })),
      )
      await nothing('broken')
    })

    await step(
      'a listing gives at most 10,000 keys, and a page goes on where the last one ended',
      async () => {
        await storaged.get('/v1/objects?limit=10001', { status: 400, json: { error: { field: 'limit' } } })
        await storaged.get('/v1/objects?limit=10000', {
          status: 200,
          json: { truncated: match.oneOf(true, false) },
        })
        const first = await storaged.get(`/v1/objects?prefix=${folder}/slot-&limit=3`, {
          status: 200,
          json: { objects: match.length(3), truncated: true, next: match.string() },
        })
        await storaged.get(
          `/v1/objects?prefix=${folder}/slot-&after=${encodeURIComponent(first.json.next)}`,
          {
            status: 200,
            json: { objects: [{ key: `${folder}/slot-3` }], truncated: false, next: null },
          },
        )
      },
    )
  },
})
