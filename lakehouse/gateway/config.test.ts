import { expect, it } from 'vitest'
import { gatewaySchema } from './config.ts'

it('gives slow owners more time, unless told otherwise', () => {
  const { timeouts, timeout } = gatewaySchema.parse({
    bind: '127.0.0.1:0',
    timeouts: { chatd: '5s', storaged: '1s' },
  })
  expect(timeout).toBe(30_000)
  expect(timeouts).toMatchObject({ chatd: 5_000, storaged: 1_000, ingestd: 300_000 })
})

it('refuses a time-out for an owner that does not exist', () => {
  expect(gatewaySchema.safeParse({ bind: '127.0.0.1:0', timeouts: { nobody: '5s' } }).success).toBe(false)
})
