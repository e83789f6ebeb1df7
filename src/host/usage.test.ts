import { expect, it } from 'vitest'
import { listFamily } from './process-table.ts'
import { startPuppet } from './test-support.ts'
import { sampleUsage } from './usage.ts'

it('sums memory over a family, and sees the processor at work', async () => {
  const script = `
    const held = Buffer.alloc(64 * 2 ** 20, 1)
    console.log('filled', held.length)
    const spin = () => { const end = Date.now() + 20; while (Date.now() < end); setImmediate(spin) }
    spin()`
  const puppet = await startPuppet({ script })
  await puppet.line(/filled/)
  const pids = listFamily({ pid: puppet.child.pid }).map(({ pid }) => pid)
  const first = await sampleUsage(pids)
  expect(first?.rssBytes).toBeGreaterThan(64 * 2 ** 20)
  expect(first?.cpuMs.get(puppet.child.pid)).toBeGreaterThan(0)
  expect(first?.processes).toBe(1)
  let cpu = 0
  while (cpu === 0) cpu = (await sampleUsage(pids))?.cpuPercent ?? 0
  expect(cpu).toBeGreaterThan(0)
})

it('leaves out who is gone, and says nothing when nobody is left', async () => {
  const { child } = await startPuppet({ command: ['true'] })
  await child.exited
  expect((await sampleUsage([process.pid, child.pid]))?.processes).toBe(1)
  expect(await sampleUsage([child.pid])).toBeUndefined()
  expect(await sampleUsage([])).toBeUndefined()
})
