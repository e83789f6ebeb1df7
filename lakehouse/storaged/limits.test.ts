/** The limits of storaged, asked over real connections: size, and uploads at once. */
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { type ClientRequest, request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AppFixture, answerTo, MAX, makeApp, url } from './testing/app-fixture.ts'

let fixture: AppFixture
beforeEach(async () => {
  fixture = await makeApp()
})
afterEach(async () => fixture[Symbol.asyncDispose]())

describe('the size limit', () => {
  it('refuses a Content-Length over it before a byte of the body has come', async () => {
    const call = request({
      ...(await fixture.listen()),
      method: 'PUT',
      path: '/v1/objects/k',
      headers: { 'content-length': MAX + 1 },
    })
    call.flushHeaders()
    expect(await answerTo(call)).toMatchObject({ status: 413, error: { code: 'too_large' } })
    call.destroy()
  })

  it('lets an object of exactly that size pass, chunked or not', async () => {
    const target = await fixture.listen()
    const plain = request({ ...target, method: 'PUT', path: '/v1/objects/plain' }).end(Buffer.alloc(MAX))
    expect(await answerTo(plain)).toMatchObject({ status: 200, size: MAX })
    const chunks = request({
      ...target,
      method: 'PUT',
      path: '/v1/objects/chunks',
      headers: { 'transfer-encoding': 'chunked' },
    })
    chunks.write(Buffer.alloc(MAX - 1))
    chunks.end('x')
    expect(await answerTo(chunks)).toMatchObject({ status: 200, size: MAX })
  })

  it('refuses a chunked body that grows past it, and leaves nothing [claim:upload-limits]', async () => {
    const call = request({
      ...(await fixture.listen()),
      method: 'PUT',
      path: '/v1/objects/k',
      headers: { 'transfer-encoding': 'chunked' },
    })
    call.write(Buffer.alloc(MAX))
    call.write('x')
    // The client has not ended its body: the answer does not wait for that.
    expect(await answerTo(call)).toMatchObject({ status: 413, error: { code: 'too_large' } })
    // More than any socket buffer holds: it goes only if the rest is taken off the wire.
    call.end(Buffer.alloc(16 * 2 ** 20))
    await once(call, 'finish')
    expect(await fixture.keys()).toEqual([])
    expect(await readdir(join(fixture.folder, 'uploads'))).toEqual([])
    expect(await readdir(join(fixture.folder, 'objects'))).toEqual([])
  })

  it('does not ask a client with Expect: 100-continue for a body that it will not take', async () => {
    const headers = { 'content-length': MAX + 1, expect: '100-continue' }
    const call = request({ ...(await fixture.listen()), method: 'PUT', path: '/v1/objects/k', headers })
    let told = false
    call.once('continue', () => {
      told = true
    })
    call.flushHeaders()
    expect(await answerTo(call)).toMatchObject({ status: 413 })
    expect(told).toBe(false)
    call.destroy()
  })
})

describe('the upload slots', () => {
  interface Target {
    readonly port: number
    readonly host: string
  }
  function begin(target: Target, key: string): ClientRequest {
    const headers = { 'content-length': 10, expect: '100-continue' }
    return request({ ...target, method: 'PUT', path: url(key), headers })
  }
  /** An upload whose slot is taken: storaged has begun to receive it. */
  async function hold(target: Target, key: string, call = begin(target, key)): Promise<ClientRequest> {
    call.flushHeaders()
    await once(call, 'continue')
    call.write('12345')
    return call
  }

  it('are four; the fifth upload is refused at once, before its body, and passes after [claim:upload-limits]', async () => {
    const target = await fixture.listen()
    const held = await Promise.all(['1', '2', '3', '4'].map((key) => hold(target, key)))
    const fifth = request({ ...target, method: 'PUT', path: url('5'), headers: { 'content-length': 10 } })
    fifth.flushHeaders()
    const refused = await answerTo(fifth)
    expect(refused).toMatchObject({ status: 503, error: { code: 'too_many_uploads' } })
    expect(refused.headers['retry-after']).toBe('5')
    fifth.destroy()
    // Reading takes no slot.
    expect((await fixture.app.inject('/v1/objects')).statusCode).toBe(200)
    const [first, ...others] = held
    first?.end('67890')
    if (first) expect(await answerTo(first)).toMatchObject({ status: 200, size: 10 })
    expect((await fixture.put('5', 'x')).statusCode).toBe(200)
    for (const call of others) {
      call.end('67890')
      expect(await answerTo(call)).toMatchObject({ status: 200 })
    }
    expect(await fixture.keys()).toEqual(['1', '2', '3', '4', '5'])
  })

  it('are free again after an upload that breaks off, grows too large, or has a bad key', async () => {
    await using fixture = await makeApp({ maxUploads: 1 })
    const target = await fixture.listen()
    const broken = await hold(target, 'broken')
    expect((await fixture.put('k', 'x')).statusCode).toBe(503)
    broken.on('error', (error: NodeJS.ErrnoException) => expect(error.code).toBe('ECONNRESET')).destroy()
    await expect.poll(async () => (await fixture.put('k', 'x')).statusCode).toBe(200)
    const large = request({
      ...target,
      method: 'PUT',
      path: url('l'),
      headers: { 'transfer-encoding': 'chunked' },
    })
    large.end(Buffer.alloc(MAX + 1))
    expect(await answerTo(large)).toMatchObject({ status: 413 })
    expect((await fixture.put('', 'x')).statusCode).toBe(400)
    expect((await fixture.put('k', 'y')).statusCode).toBe(200)
    expect(await fixture.keys()).toEqual(['k'])
    expect(await readdir(join(fixture.folder, 'uploads'))).toEqual([])
  })

  it('are given back by a client that falls silent', async () => {
    await using fixture = await makeApp({ maxUploads: 1, uploadIdleTimeoutMs: 300 })
    const target = await fixture.listen()
    const silent = begin(target, 'silent')
    // From the start: whoever is slow to read may find the leave to go on and the refusal together.
    const answered = answerTo(silent)
    await hold(target, 'silent', silent)
    expect(await answered).toMatchObject({ status: 408, error: { code: 'upload_timeout' } })
    silent.destroy()
    expect((await fixture.put('k', 'x')).statusCode).toBe(200)
  })
})
