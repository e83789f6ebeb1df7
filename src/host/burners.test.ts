import { describe, expect, it } from 'vitest'
import { startBurners } from './burners.ts'
import { describeProcess, listProcesses } from './process-table.ts'
import { until } from './test-support.ts'

const burnersOfThis = (): number[] =>
  listProcesses()
    .filter(
      (each) => each.ppid === process.pid && describeProcess(each.pid)?.command.includes('burner-process'),
    )
    .map(({ pid }) => pid)

describe('burners', () => {
  it('run until they are stopped, then none is left', async () => {
    const burners = await startBurners(2)
    try {
      expect(burners.count).toBe(2)
      // One that has just become its program shows no command for a moment.
      await until(() => burnersOfThis().length === 2)
    } finally {
      await burners.stop()
    }
    expect(burnersOfThis()).toEqual([])
    await burners.stop()
  })
})
