/** Is there room for logs, data and temporary files: bytes and inodes? */
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hasCode } from '../../kernel/errno.ts'
import { formatBytes } from '../../kernel/units.ts'
import { resolveDataFolder } from '../../stack/resolve.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import type { Space } from '../system.ts'

const MIB = 2 ** 20
/** Below the first nothing works; below the second a long run may not end. */
const BYTES = { error: 32 * MIB, warning: 512 * MIB }
const INODES = { error: 200, warning: 5_000 }

export const diskCheck: Check = {
  id: 'disk',
  group: 'machine',
  title: 'free space and inodes where logs, data and temporary files go',
  deadlineMs: 5_000,
  async run(context) {
    const findings: Finding[] = []
    for (const { folder, uses } of await groupByDevice(context)) {
      const space = await context.system.measureSpace(folder)
      if (space) findings.push(judge(folder, uses, space))
    }
    return findings
  },
}

interface Place {
  readonly use: string
  readonly path: string
}

function listPlaces({ root, stack, env }: CheckContext): Place[] {
  const data = stack && resolveDataFolder(stack, env)
  return [
    { use: 'logs', path: join(root, 'logs') },
    { use: 'temporary data of runs', path: tmpdir() },
    ...(data?.ok && data.value !== undefined ? [{ use: 'data that is kept', path: data.value }] : []),
  ]
}

/** One look at each file system, however many uses it has. */
async function groupByDevice(context: CheckContext): Promise<{ folder: string; uses: string[] }[]> {
  const found = new Map<number, { folder: string; uses: string[] }>()
  for (const { use, path } of listPlaces(context)) {
    const { folder, device } = await nearestFolder(path)
    const known = found.get(device)
    if (known) known.uses.push(use)
    else found.set(device, { folder, uses: [use] })
  }
  return [...found.values()]
}

/** Not by a synchronous call: a network disk that is gone would keep all other checks waiting. */
async function nearestFolder(path: string): Promise<{ folder: string; device: number }> {
  try {
    return { folder: path, device: (await stat(path)).dev }
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error
    return nearestFolder(dirname(path))
  }
}

function judge(folder: string, uses: readonly string[], space: Space): Finding {
  const { freeBytes, totalBytes, freeInodes, totalInodes } = space
  const what = `for ${uses.join(' and ')} (${folder})`
  const bytes = `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} free`
  const countsInodes = totalInodes > 0
  const evidence = [bytes, ...(countsInodes ? [`${freeInodes} of ${totalInodes} inodes free`] : [])]
  const bad = {
    evidence,
    remedy: `du -xh ${folder} | sort -h | tail -20   (shows what fills it); then remove what is not needed`,
  }
  for (const severity of ['error', 'warning'] as const) {
    if (freeBytes < BYTES[severity]) {
      const summary = `the disk ${what} is ${severity === 'error' ? 'full' : 'nearly full'}: ${bytes}`
      return { id: severity === 'error' ? 'disk.full' : 'disk.low', severity, summary, ...bad }
    }
    if (countsInodes && freeInodes < INODES[severity]) {
      const summary = `the file system ${what} has ${severity === 'error' ? 'no' : 'few'} inodes left: no more files can be made`
      const remedy = `du --inodes -x ${folder} | sort -n | tail -20   (shows which folders hold many files); then remove what is not needed`
      return { id: 'disk.inodes', severity, summary, evidence, remedy }
    }
  }
  return ok('disk.room', `room ${what}: ${bytes}`)
}
