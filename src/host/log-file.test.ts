import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LogFile, type LogOptions } from './log-file.ts'
import { makeFolder, startPuppet } from './test-support.ts'

function openLog(options: LogOptions = {}): { log: LogFile; path: string; text: () => string } {
  const path = join(makeFolder(), 'deep', 'daemon.log')
  const log = new LogFile(path, options)
  onTestFinished(() => log.close())
  return { log, path, text: () => readFileSync(path, 'utf8') }
}

function lines(log: LogFile): string[] {
  const seen: string[] = []
  log.onLine((line) => seen.push(line))
  return seen
}

describe('on disk', () => {
  it('holds everything as it was written, when it is not much', async () => {
    const { log, path, text } = openLog({ headBytes: 10, tailBytes: 20 })
    log.write(Buffer.from('0123456789'))
    expect(text()).toBe('0123456789')
    log.write(Buffer.from('abcdefghijklmnopqrst'))
    await log.close()
    expect(text()).toBe('0123456789abcdefghijklmnopqrst')
    expect(readdirSync(join(path, '..'))).toEqual(['daemon.log'])
  })

  it('keeps head and tail of a flood, and says what it left out', async () => {
    const { log, text } = openLog({ headBytes: 10, tailBytes: 20 })
    const flood = Array.from({ length: 1_000 }, (_, i) => String(i).padStart(4, '0')).join('')
    for (let at = 0; at < flood.length; at += 7) log.write(Buffer.from(flood.slice(at, at + 7)))
    await log.close()
    const [, head = '', leftOut, tail = ''] = /^(.{10})\n… (\d+) bytes left out …\n(.*)$/s.exec(text()) ?? []
    expect(head).toBe(flood.slice(0, 10))
    expect(flood.endsWith(tail)).toBe(true)
    expect(tail.length).toBeGreaterThanOrEqual(10)
    expect(tail.length).toBeLessThanOrEqual(20)
    expect(head.length + Number(leftOut) + tail.length).toBe(flood.length)
    expect(log.bytes).toBe(flood.length)
  })

  it('never takes more than head and tail while it is written', () => {
    const { log, path } = openLog({ headBytes: 1_000, tailBytes: 4_000 })
    for (let i = 0; i < 500; i += 1) {
      log.write(Buffer.alloc(333, 'x'))
      const folder = join(path, '..')
      const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size)
      expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(5_000)
    }
  })

  it('goes on behind what an earlier incarnation left', async () => {
    const { log, path, text } = openLog()
    log.write(Buffer.from('first\n'))
    await log.close()
    const second = new LogFile(path)
    second.write(Buffer.from('second\n'))
    await second.close()
    expect(text()).toBe('first\nsecond\n')
  })

  it('takes nothing more once it is closed, and leaves nothing beside it', async () => {
    const { log, path, text } = openLog({ headBytes: 4, tailBytes: 4 })
    log.write(Buffer.from('one\n'))
    await log.close()
    await log.close()
    expect(log.write(Buffer.from('late\n'))).toBe(false)
    expect(text()).toBe('one\n')
    expect(readdirSync(join(path, '..'))).toEqual(['daemon.log'])
  })

  it('keeps bytes that are no text', async () => {
    const { log, path } = openLog()
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    log.write(bytes)
    await log.close()
    expect(readFileSync(path)).toEqual(bytes)
  })

  it('tells once that the disk refused, and goes on taking output', async () => {
    const lost: string[] = []
    const full = new LogFile('/dev/full', { onLost: (reason) => lost.push(reason) })
    expect(full.write(Buffer.from('one\n'))).toBe(false)
    expect(full.write(Buffer.from('two\n'))).toBe(false)
    expect(lost).toHaveLength(1)
    expect(lost[0]).toContain('ENOSPC')
    expect(full.tail(5)).toEqual(['one', 'two'])
    await full.close()
  })

  it('tells when it cannot even be opened', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'file'), '')
    mkdirSync(join(folder, 'directory'))
    for (const path of [join(folder, 'file', 'log'), join(folder, 'directory')]) {
      const lost: string[] = []
      const log = new LogFile(path, { onLost: (reason) => lost.push(reason) })
      expect(log.write(Buffer.from('kept in memory\n'))).toBe(false)
      expect(lost).toHaveLength(1)
      expect(log.tail(1)).toEqual(['kept in memory'])
      await log.close()
    }
  })
})

describe('in memory', () => {
  it('shows the last lines, printable, the unfinished one too', () => {
    const { log } = openLog()
    log.write(Buffer.from('one\r\n\u001b[31mtwo\u001b[0m\nthree \u0000\xff'))
    expect(log.tail(2)).toEqual(['two', 'three \ufffdÿ'])
    expect(log.tail(10)).toHaveLength(3)
    expect(log.tail(0)).toEqual([])
  })
  it('shows whole lines after a flood', () => {
    const { log } = openLog()
    for (let i = 0; i < 20_000; i += 1) log.write(Buffer.from(`line ${i} of many\n`))
    const tail = log.tail(10_000)
    expect(tail.at(-1)).toBe('line 19999 of many')
    expect(tail.every((line) => /^line \d+ of many$/.test(line))).toBe(true)
  })
  it('shows the end of a line that alone is too long', () => {
    const { log } = openLog()
    log.write(Buffer.from(`${'x'.repeat(100_000)}\n`))
    expect(log.tail(3)).toHaveLength(1)
    log.write(Buffer.from('next'))
    expect(log.tail(3)).toEqual(['next'])
  })
  it('bounds a line without end', () => {
    const { log } = openLog()
    const seen = lines(log)
    for (let i = 0; i < 100; i += 1) log.write(Buffer.alloc(10_000, 'x'))
    log.write(Buffer.from('\nnext\n'))
    expect(seen.length).toBeGreaterThan(10)
    expect(Math.max(...seen.map((line) => line.length))).toBeLessThan(2_100)
    expect(seen.at(-1)).toBe('next')
    expect(log.tail(2)[0]?.length).toBeLessThan(2_100)
  })
})

describe('onLine', () => {
  it('delivers lines as they are completed, and the last one at the end', async () => {
    const { log } = openLog()
    log.write(Buffer.from('before\nlisten'))
    const seen = lines(log)
    log.write(Buffer.from('ing\nand'))
    expect(seen).toEqual(['listening'])
    log.write(Buffer.from(' more'))
    await log.close()
    expect(seen).toEqual(['listening', 'and more'])
  })
  it('knows the beginning of a line from before anybody listened, as far as a line may be long', () => {
    const { log } = openLog()
    for (let i = 0; i < 100; i += 1) log.write(Buffer.from('0123456789'.repeat(100)))
    const seen = lines(log)
    log.write(Buffer.from('end\nnext\n'))
    expect(seen.at(-1)).toBe('next')
    expect(seen[0]?.length).toBeGreaterThan(1_999)
    expect(seen).toHaveLength(2)
  })
  it('replays what is still in memory, on request', () => {
    const { log } = openLog()
    log.write(Buffer.from('one\ntwo\nthr'))
    const seen: string[] = []
    const off = log.onLine((line) => seen.push(line), { replay: true })
    log.write(Buffer.from('ee\n'))
    off()
    log.write(Buffer.from('four\n'))
    expect(seen).toEqual(['one', 'two', 'three'])
  })
  it('follows two streams apart', () => {
    const { log } = openLog()
    const seen = lines(log)
    const out = log.openSource()
    const errors = log.openSource()
    out.write(Buffer.from('half '))
    errors.write(Buffer.from('warning\n'))
    out.write(Buffer.from('line\n'))
    expect(seen).toEqual(['warning', 'half line'])
  })
  it('puts a character together that a chunk cut in two', () => {
    const { log } = openLog()
    const seen = lines(log)
    const bytes = Buffer.from('grün\n')
    log.write(bytes.subarray(0, 3))
    log.write(bytes.subarray(3))
    expect(seen).toEqual(['grün'])
  })
})

describe('secrets', () => {
  it('reach neither disk nor lines, however they are cut or spelled', async () => {
    const secret = 'p"ss word/1'
    const { log, text } = openLog({ redact: [secret, ''] })
    const seen = lines(log)
    const written = `a ${secret} b ${JSON.stringify({ secret })} c ${encodeURIComponent(secret)} d\n`
    for (const byte of Buffer.from(written)) log.write(Buffer.from([byte]))
    await log.close()
    const expected = 'a [redacted] b {"secret":"[redacted]"} c [redacted] d'
    expect(text()).toBe(`${expected}\n`)
    expect(seen).toEqual([expected])
    expect(log.tail(1)).toEqual([expected])
  })
  it('of which one begins with another, and the last of which is cut off', async () => {
    const { log, text } = openLog({ redact: ['token', 'token-long'] })
    for (const part of ['tok', 'en-lo', 'ng tokens tok', 'token', '-lon']) log.write(Buffer.from(part))
    await log.close()
    expect(text()).toBe('[redacted] [redacted]s tok[redacted]-lon')
  })
  it('do not hold back what cannot become one', () => {
    const { log } = openLog({ redact: ['secret'] })
    log.write(Buffer.from('ready\nsec'))
    expect(log.tail(2)).toEqual(['ready', ''].slice(0, 1))
    log.write(Buffer.from('ond\n'))
    expect(log.tail(1)).toEqual(['second'])
  })
})

it('a process that floods is drained to its end with little memory', async () => {
  const script = `
    const chunk = Buffer.alloc(1 << 20, 'binary without a newline \\u0000 ')
    let left = 200
    const more = () => { while (left-- > 0) if (!process.stdout.write(chunk)) return process.stdout.once('drain', more) }
    more()`
  const path = join(makeFolder(), 'flood.log')
  const log = new LogFile(path)
  const before = process.memoryUsage().rss
  const puppet = await startPuppet({ script, log })
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - before)
  }, 10)
  await puppet.child.exited
  await puppet.child.drained
  clearInterval(watch)
  await log.close()
  expect(log.bytes).toBe(200 * 2 ** 20)
  expect(statSync(path).size).toBeLessThanOrEqual(5 * 2 ** 20 + 100)
  expect(existsSync(`${path}.tail-2`)).toBe(false)
  expect(most).toBeLessThan(100 * 2 ** 20)
})
