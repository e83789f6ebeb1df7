import { expect, it } from 'vitest'
import { showCommand, showHolder } from './show-command.ts'

it.each([
  ['/usr/bin/postgres -D /data --password swordfish', 'postgres …'],
  ['node lakehouse/storaged/main.ts', 'node lakehouse/storaged/main.ts'],
  ['/usr/bin/node --require x server.mjs --token=a.js swordfish', 'node server.mjs …'],
  ['java -jar app.jar -Dpassword=x.jar', 'java app.jar …'],
  ['mysql -pswordfish user:pw@host.sh', 'mysql …'],
  ['minio', 'minio'],
  ['', ''],
])('%s → %s', (command, shown) => expect(showCommand(command)).toBe(shown))

it('names a holder by PID and time; one of another user by that', () => {
  expect(showHolder({ pid: 7, command: 'redis-server *:6379', since: '2026-11-20T09:00:30.000Z' })).toBe(
    'PID 7 (redis-server …), since 2026-11-20 09:00 UTC',
  )
  expect(showHolder({ pid: 0, command: 'unknown' })).toBe(
    'a process of another user, which the system does not name',
  )
})
