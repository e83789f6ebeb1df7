import { describe, expect, it } from 'vitest'
import { parsePs, parseVariables, toWallClock } from './process-table-darwin.ts'
import { parseLsof } from './sockets-darwin.ts'

const PS = `    1     0     1 Ss   Sat Nov 21 09:00:01 2026
  501     1   501 S    Sat Nov 21 09:48:31 2026
  777   501   501 Z    Sat Nov  1 09:48:31 2026
99999   501   777 R+   Sun Nov  1 09:48:31 2026
`

describe('ps', () => {
  it('gives identities, groups for sessions, and no zombies', () => {
    expect(parsePs(PS)).toEqual([
      { pid: 1, ppid: 0, pgid: 1, sid: 1, state: 'S', startTime: 'Sat.Nov.21.09.00.01.2026' },
      { pid: 501, ppid: 1, pgid: 501, sid: 501, state: 'S', startTime: 'Sat.Nov.21.09.48.31.2026' },
      { pid: 99999, ppid: 501, pgid: 777, sid: 777, state: 'R', startTime: 'Sun.Nov.1.09.48.31.2026' },
    ])
    expect(parsePs('')).toEqual([])
  })
  it('gives start times that can be read back', () => {
    expect(toWallClock('Sun.Nov.1.09.48.31.2026')?.getFullYear()).toBe(2026)
    expect(toWallClock('987654')).toBeUndefined()
  })
  it('gives variables behind the command, the last of that name', () => {
    const text = '  501 node main.ts RUN=argument PATH=/bin RUN=abc HOME=/x\n  502 sh XRUN=no\n'
    expect([...parseVariables(text, 'RUN')]).toEqual([[501, 'abc']])
  })
})

it('lsof gives listeners with their holders', () => {
  const text = [
    ...['p501', 'f12', 'tIPv4', 'd0xaaa', 'n127.0.0.1:3211'],
    ...['f13', 'tIPv6', 'd0xbbb', 'n[::1]:3211'],
    ...['f14', 'tIPv6', 'd0xccc', 'n*:8080'],
    ...['p502', 'f3', 'tIPv4', 'd0xaaa', 'n127.0.0.1:3211'],
    ...['f4', 'tIPv6', 'd0xddd', 'n[::ffff:127.0.0.1]:90', 'f5', 'tIPv4', 'd0xeee', 'n*:*', ''],
  ].join('\n')
  expect(parseLsof(text)).toEqual([
    { pid: 501, family: 4, inode: '0xaaa', host: '127.0.0.1', port: 3211 },
    { pid: 501, family: 6, inode: '0xbbb', host: '::1', port: 3211 },
    { pid: 501, family: 6, inode: '0xccc', host: '::', port: 8080 },
    { pid: 502, family: 4, inode: '0xaaa', host: '127.0.0.1', port: 3211 },
    { pid: 502, family: 4, inode: '0xddd', host: '127.0.0.1', port: 90 },
  ])
})
