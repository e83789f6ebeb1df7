import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { findRun, runsBefore } from './find-run.ts'

const IDS = ['20261120T100200.000Z-aaaa01', '20261120T100200.000Z-bbbb02', '20261121T090000.000Z-cccc03']
let logs: string

function addRun(id: string, journal = true): string {
  const dir = join(logs, 'runs', id)
  mkdirSync(dir, { recursive: true })
  if (journal) writeFileSync(join(dir, 'journal.jsonl'), '')
  return dir
}

beforeEach(() => {
  logs = realpathSync(mkdtempSync(join(tmpdir(), 'find-run-')))
  onTestFinished(() => rmSync(logs, { recursive: true }))
  for (const id of IDS) addRun(id)
  symlinkSync(join('runs', IDS[2] ?? ''), join(logs, 'latest'))
})

const found = (named: string): string => {
  const result = findRun(named, logs, logs)
  return result.ok ? result.value : `error: ${result.error.replaceAll(logs, '<logs>')}`
}

describe('a run is found', () => {
  it.each([
    ['latest', 2],
    [IDS[0] ?? '', 0],
    ['20261121', 2],
    ['20261120T100200.000Z-b', 1],
    ['cccc', 2],
    [`runs/${IDS[1]}`, 1],
  ])('by %s', (named, index) => {
    expect(found(named)).toBe(join(logs, 'runs', IDS[index] ?? ''))
  })

  it('by its folder, wherever that is', () => {
    const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'elsewhere-')))
    onTestFinished(() => rmSync(elsewhere, { recursive: true }))
    writeFileSync(join(elsewhere, 'journal.jsonl'), '')
    expect(found(elsewhere)).toBe(elsewhere)
  })

  it('as the newest, where "latest" points at nothing', () => {
    rmSync(join(logs, 'latest'))
    addRun('20261122T090000.000Z-dddd04', false)
    expect(found('latest')).toBe(join(logs, 'runs', IDS[2] ?? ''))
  })
})

describe('a run is not found', () => {
  it.each([
    [
      '20261120',
      'error: "20261120" is the beginning of 2 runs: 20261120T100200.000Z-aaaa01, 20261120T100200.000Z-bbbb02; write more of it',
    ],
    [
      'latst',
      'error: no run in <logs>/runs begins with "latst"; did you mean "latest"? (the last ones: 20261120T100200.000Z-aaaa01, 20261120T100200.000Z-bbbb02, 20261121T090000.000Z-cccc03)',
    ],
    ['./nowhere', 'error: there is no folder <logs>/nowhere'],
    ['./runs', 'error: <logs>/runs is no run: it holds no journal.jsonl'],
  ])('by %s', (named, message) => {
    expect(found(named)).toBe(message)
  })

  it('where there is none', () => {
    rmSync(join(logs, 'runs'), { recursive: true })
    expect(found('latest')).toBe('error: there is no run in <logs>/runs: run "verify" first')
    expect(found('abc')).toBe('error: there is no run in <logs>/runs: run "verify" first')
  })
})

it('the runs before one are told newest first', () => {
  expect(runsBefore(join(logs, 'runs', IDS[2] ?? ''))).toEqual(
    [IDS[1], IDS[0]].map((id) => join(logs, 'runs', id ?? '')),
  )
  expect(runsBefore(join(logs, 'runs', IDS[0] ?? ''))).toEqual([])
})
