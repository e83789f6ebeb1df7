import { expect, it } from 'vitest'
import { Belongings } from './belongings.ts'

function watchedBelongings() {
  const told: string[] = []
  const belongings = new Belongings({
    watchSocket: (inode) => void told.push(`+${inode}`),
    unwatchSocket: (inode) => void told.push(`-${inode}`),
  })
  return { belongings, told }
}

const output = (inode: string) => ({ inode, owner: 'web', since: '7' })
const listener = (inode: string, owner = 'web') => ({ inode, owner, since: '7', address: '127.0.0.1:80' })

it('tells the guardian of each once, and once that nobody holds it', () => {
  const { belongings, told } = watchedBelongings()
  belongings.add(output('1'))
  belongings.add(output('1'))
  belongings.add(listener('2'))
  belongings.drop('1')
  belongings.drop('1')
  expect(told).toEqual(['+1', '+2', '-1'])
  expect(belongings.list()).toEqual([listener('2')])
})

it('drops of one daemon the sockets on which nobody listens, and no output', () => {
  const { belongings } = watchedBelongings()
  for (const one of [output('1'), listener('2'), listener('3'), listener('4', 'db')]) belongings.add(one)
  belongings.dropClosed('web', new Set(['3']))
  expect(belongings.list().map(({ inode }) => inode)).toEqual(['1', '3', '4'])
})
