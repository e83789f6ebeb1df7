import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { verdictOf } from '../../ledger/verdict.ts'
import { createReporter } from './create.ts'
import { createSink } from './sink.ts'
import { SCENARIOS } from './test-scenarios.ts'

function failing(code: string): Writable {
  const error = Object.assign(new Error(`${code}: write failed`), { code })
  return new Writable({ write: (_chunk, _encoding, done) => done(error) })
}

it('a reader that goes away ends the writing, not the run', async () => {
  const lost: Error[] = []
  const sink = createSink(failing('EPIPE'), (error) => lost.push(error))
  for (let i = 0; i < 100; i += 1) sink.line(`line ${i}`)
  await sink.drain()
  sink.line('more')
  await sink.drain()
  expect(lost).toEqual([])
})

it('any other failure is told once', async () => {
  const lost: string[] = []
  const sink = createSink(failing('ENOSPC'), (error) => lost.push(error.message))
  sink.line('one')
  await sink.drain()
  sink.line('two')
  await sink.drain()
  expect(lost).toEqual(['ENOSPC: write failed'])
})

it.each(['plain', 'terminal'] as const)('the %s reporter survives a reader that goes away', async (kind) => {
  const script = SCENARIOS['failed step']()
  const reporter = createReporter({ kind, stdout: failing('EPIPE'), stderr: failing('EPIPE'), env: {} })
  for (const event of script.events) reporter.event(event)
  await expect(reporter.finish(verdictOf(script.events))).resolves.toBeUndefined()
})

it('a full disk behind standard output is told on standard error', async () => {
  const stderr = new PassThrough()
  const script = SCENARIOS.green()
  const reporter = createReporter({ kind: 'plain', stdout: failing('ENOSPC'), stderr, env: {} })
  for (const event of script.events) reporter.event(event)
  await reporter.finish(verdictOf(script.events))
  expect(String(stderr.read())).toBe('cannot write the report: ENOSPC: write failed\n')
})

it('drain waits until all is taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sink-'))
  const path = join(folder, 'out')
  const stream = createWriteStream(path)
  const sink = createSink(stream)
  for (let i = 0; i < 10_000; i += 1) sink.line(`line ${i}`)
  await sink.drain()
  expect(readFileSync(path, 'utf8').endsWith('line 9999\n')).toBe(true)
  stream.destroy()
  rmSync(folder, { recursive: true })
})
