import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { listListening, listTree, parseTable } from './listening.ts'

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0C8B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1 0 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 102 1 0 100 0 0 10 0
   2: 0100007F:0C8B 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 103 1 0 100 0 0 10 0
`
const TABLE6 = `  sl  local_address                         remote_address                        st
   0: 00000000000000000000000001000000:0C8B 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 201 1
   1: 00000000000000000000000000000000:0C8C 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 202 1
   2: 0000000000000000FFFF00000100007F:0C8D 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 203 1
`

it('tells loopback from everything else, and listens only to what listens', () => {
  expect(parseTable(TABLE)).toEqual([
    { inode: '101', address: '127.0.0.1:3211', loopback: true },
    { inode: '102', address: '0.0.0.0:8080', loopback: false },
  ])
  expect(parseTable(TABLE6).map(({ address, loopback }) => [address, loopback])).toEqual([
    ['[0:0:0:0:0:0:0:1]:3211', true],
    ['[0:0:0:0:0:0:0:0]:3212', false],
    ['[0:0:0:0:0:ffff:7f00:1]:3213', true],
  ])
})

it.runIf(existsSync('/proc/self/net/tcp'))('sees a socket of this process that is off loopback', async () => {
  const server = createServer().listen(0, '0.0.0.0')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  expect(listListening(process.pid)).toContainEqual(
    expect.objectContaining({ address: `0.0.0.0:${port}`, loopback: false }),
  )
  expect(listTree(process.ppid)).toContain(process.pid)
  server.close()
  await once(server, 'close')
})
