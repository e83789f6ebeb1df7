import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { listLogs, readLogTail } from './logs.ts'
import { placeOf } from './places.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

it('finds for each daemon the newest log there is', () => {
  const state = makeFolder()
  const place = placeOf(join(state, 's.toml'), { SMOKECHAIN_STATE_DIR: state })
  expect(listLogs(place)).toEqual(new Map())
  for (const path of [
    'r1/daemons/web.log',
    'r1/daemons/gone.log',
    'r2/daemons/web.log',
    'r2/daemons/web.log.tail-1',
  ]) {
    mkdirSync(join(place.runs, path, '..'), { recursive: true })
    writeFileSync(join(place.runs, path), '')
  }
  expect(Object.fromEntries(listLogs(place))).toEqual({
    web: join(place.runs, 'r2/daemons/web.log'),
    gone: join(place.runs, 'r1/daemons/gone.log'),
  })
})

it('reads the end of a log, printable, over the files that hold the end of a long one', () => {
  const path = join(makeFolder(), 'web.log')
  writeFileSync(path, 'one\ntwo\n')
  writeFileSync(`${path}.tail-1`, 'thr')
  writeFileSync(`${path}.tail-2`, 'ee\n\u001b[31mfour\u001b[0m\u0007')
  expect(readLogTail(path, 3)).toEqual(['two', 'three', 'four\ufffd'])
  expect(readLogTail(path, 0)).toEqual([])
  expect(readLogTail(`${path}.none`, 3)).toEqual([])
})
