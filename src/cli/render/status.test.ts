import { expect, it } from 'vitest'
import type { DaemonStatus, StackStatus } from '../../operate/status.ts'
import { createPaint } from './paint.ts'
import { renderStatus } from './status.ts'

const READY: DaemonStatus = {
  name: 'storaged',
  state: 'ready',
  pid: 4_711,
  uptimeMs: 93_784_000,
  addresses: [
    { name: 'api', host: '127.0.0.1', port: 3_211 },
    { name: 'admin', host: '::1', port: 80 },
  ],
  cpuPercent: 12.34,
  rssBytes: 83_886_080,
  restarts: 0,
  health: { ok: true, saw: 'http: answered 200', agoMs: 412 },
}

const status = (state: StackStatus['state'], ...daemons: DaemonStatus[]): StackStatus => ({
  schema: 1,
  stack: 'shop',
  file: '/shop/stacks/shop.toml',
  state,
  owner: { pid: 77, since: '2026-11-20T10:02:00.000Z', detached: true },
  data: '/srv/shop',
  daemons,
})

const render = (it: StackStatus): string =>
  `\n${renderStatus(it, 'stacks/shop.toml', createPaint(false)).join('\n')}\n`

it('shows what runs, column under column', () =>
  expect(
    render(status('up', READY, { ...READY, name: 'db', pid: 9, uptimeMs: 7_500_000, cpuPercent: 0 })),
  ).toMatchInlineSnapshot(`
    "
    stacks/shop.toml is up, supervised by PID 77 since 2026-11-20T10:02:00.000Z, detached, data in /srv/shop
    daemon    state   pid     uptime  address                    cpu    memory  restarts  last health
    storaged  ready  4711    1 d 2 h  127.0.0.1:3211 [::1]:80  12.3%  80.0 MiB         0  ok, 412 ms ago: http: answered 200
    db        ready     9  2 h 5 min  127.0.0.1:3211 [::1]:80   0.0%  80.0 MiB         0  ok, 412 ms ago: http: answered 200
    "
  `))

it('shows what does not run, and why', () =>
  expect(
    render(
      status(
        'degraded',
        { ...READY, uptimeMs: 61_000, restarts: 2, health: { ok: false, saw: 'http: refused', agoMs: 9 } },
        {
          name: 'api',
          state: 'abandoned',
          addresses: [],
          restarts: 5,
          failure: 'api died after 3 ms:\u001b[2J it exited with code 1',
        },
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    stacks/shop.toml is degraded, supervised by PID 77 since 2026-11-20T10:02:00.000Z, detached, data in /srv/shop
    daemon    state       pid     uptime  address                    cpu    memory  restarts  last health
    storaged  ready      4711  1 min 1 s  127.0.0.1:3211 [::1]:80  12.3%  80.0 MiB         2  NOT OK, 9 ms ago: http: refused
    api       abandoned     -          -  -                            -         -         5  -

    api died after 3 ms: it exited with code 1
    "
  `))

it('colours what is bad, and nothing else of the table', () => {
  const lines = renderStatus(status('up', READY, { ...READY, state: 'waiting' }), 's', createPaint(true))
  expect(lines.map((line) => line.includes('\u001b[31m'))).toEqual([false, false, false, true])
})
