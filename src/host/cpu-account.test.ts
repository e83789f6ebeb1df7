import { describe, expect, it } from 'vitest'
import { CpuAccount, type CpuTicks } from './cpu-account.ts'

const members = (table: Record<number, [own: number, children: number]>): Map<number, CpuTicks> =>
  new Map(
    Object.entries(table).map(([pid, [ownTicks, childTicks]]) => [Number(pid), { ownTicks, childTicks }]),
  )

function totals(...looks: Parameters<typeof members>[0][]): number[] {
  const account = new CpuAccount()
  return looks.map((look) => account.update(members(look)))
}

describe('the CPU time of a family', () => {
  it('is the sum of its members, and of the children they waited for', () =>
    expect(totals({ 1: [10, 5], 2: [3, 0] }, { 1: [12, 5], 2: [4, 1] })).toEqual([18, 22]))
  it('counts a child once that its parent has waited for', () =>
    expect(totals({ 1: [10, 0], 2: [7, 0] }, { 1: [10, 9] }, { 1: [11, 9] })).toEqual([17, 19, 20]))
  it('counts a whole branch once that ended between two looks', () =>
    expect(totals({ 1: [1, 0], 2: [2, 0], 3: [4, 0] }, { 1: [1, 6] })).toEqual([7, 7]))
  it('keeps what was last seen of a child that nobody waited for', () =>
    expect(totals({ 1: [10, 0], 2: [7, 0] }, { 1: [11, 0] }, { 1: [15, 0] })).toEqual([17, 18, 22]))
  it('keeps all of it when the last member has gone', () =>
    expect(totals({ 1: [10, 2], 2: [7, 0] }, {}, {})).toEqual([19, 19, 19]))
  it('takes in who was never seen, once its parent has waited for it', () =>
    expect(totals({ 1: [10, 0] }, { 1: [10, 30] })).toEqual([10, 40]))
})
