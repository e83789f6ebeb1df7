import { PassThrough } from 'node:stream'
import type { ReadStream } from 'node:tty'
import { expect, it } from 'vitest'
import { readKeys } from './keys.ts'

function terminal(isTTY = true) {
  const modes: boolean[] = []
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: (on: boolean) => void modes.push(on) })
  const heard: string[] = []
  const giveBack = readKeys(input as unknown as ReadStream, {
    key: (key) => heard.push(key),
    interrupt: () => heard.push('interrupt'),
    end: () => heard.push('end'),
  })
  return { input, modes, heard, giveBack }
}

it('hands on keys one by one, Enter as one key, Ctrl-C and Ctrl-D by their meaning', () => {
  const { input, heard } = terminal()
  input.write('aF')
  input.write('\r')
  input.write('\n')
  input.write('\u0003')
  input.write('\u0004')
  expect(heard).toEqual(['a', 'F', '\r', '\r', 'interrupt', 'end'])
})

it('passes over arrows and function keys, which hold letters', () => {
  const { input, heard } = terminal()
  for (const sequence of ['\u001b[A', '\u001bOq', '\u001b[15~', '\u001b']) input.write(sequence)
  expect(heard).toEqual([])
})

it('gives the terminal back as it was, and hears no more', () => {
  const { input, modes, heard, giveBack } = terminal()
  giveBack()
  input.write('a')
  expect(modes).toEqual([true, false])
  expect(heard).toEqual([])
})

it('does nothing where there is no terminal', () => {
  const { input, modes, heard } = terminal(false)
  input.write('a')
  expect(modes).toEqual([])
  expect(heard).toEqual([])
})
