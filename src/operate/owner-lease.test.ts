import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findOwner, removeLease, takeOwnerLease } from './owner-lease.ts'

const ABOUT = { run: 'r1', since: '2026-11-20T10:02:00.000Z', detached: false, stack: 'shop' }

function makePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'owner-lease-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'owner')
}

/** The lease of a process that has ended. */
function leaveLease(path: string, content: string): string {
  const pid = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim()
  mkdirSync(path)
  writeFileSync(join(path, `${pid}-1`), content)
  return pid
}

it('has one owner, who is told to everybody else', () => {
  const path = makePath()
  expect(findOwner(path)).toBeUndefined()
  const lease = takeOwnerLease(path, ABOUT)
  if (!lease.ok) throw new Error('the lease was free')
  expect(lease.value.reclaimed).toBeUndefined()
  expect(takeOwnerLease(path, { ...ABOUT, run: 'r2' })).toMatchObject({
    ok: false,
    error: { pid: process.pid, run: 'r1', since: ABOUT.since },
  })
  expect(findOwner(path)).toMatchObject({ alive: true, owner: { run: 'r1', stack: 'shop' } })
  lease.value.release()
  lease.value.release()
  expect(findOwner(path)).toBeUndefined()
  expect(readdirSync(join(path, '..'))).toEqual([])
})

it('is taken from an owner that has died, and says from whom', () => {
  const path = makePath()
  const pid = Number(leaveLease(path, JSON.stringify({ ...ABOUT, run: 'old' })))
  expect(findOwner(path)).toMatchObject({ alive: false, owner: { pid, run: 'old' } })
  const lease = takeOwnerLease(path, ABOUT)
  expect(lease).toMatchObject({ ok: true, value: { reclaimed: { pid, run: 'old' } } })
  expect(findOwner(path)).toMatchObject({ alive: true, owner: { pid: process.pid } })
})

it('is not lost to a process that has got the number of a dead owner', () => {
  const path = makePath()
  mkdirSync(path)
  // This very process bears the number; its start time is another.
  writeFileSync(join(path, `${process.pid}-1`), JSON.stringify(ABOUT))
  expect(findOwner(path)?.alive).toBe(false)
  expect(takeOwnerLease(path, ABOUT).ok).toBe(true)
})

it('whose file is torn still tells by its name whose it is', () => {
  const path = makePath()
  const pid = Number(leaveLease(path, '{"run":'))
  expect(findOwner(path)).toMatchObject({ alive: false, owner: { pid, run: 'unknown' } })
  expect(takeOwnerLease(path, ABOUT).ok).toBe(true)
})

it('of a dead owner is removed only if it is still that one', () => {
  const path = makePath()
  leaveLease(path, JSON.stringify(ABOUT))
  const dead = findOwner(path)
  if (!dead) throw new Error('no owner')
  const lease = takeOwnerLease(path, ABOUT)
  removeLease(path, dead.owner)
  expect(findOwner(path)?.alive).toBe(true)
  if (lease.ok) lease.value.release()
  removeLease(path, dead.owner)
  expect(existsSync(path)).toBe(false)
})
