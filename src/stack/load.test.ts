import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { renderDiagnostics } from './diagnostic.ts'
import { loadStack } from './load.ts'
import { describeFault } from './read-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'stack-load-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function errorsOfFile(name: string, content?: string | Buffer): Promise<string> {
  const file = join(folder, name)
  if (content !== undefined) writeFileSync(file, content)
  const result = await loadStack(file)
  if (result.ok) throw new Error('the file was accepted')
  return renderDiagnostics(result.error, { cwd: folder })
}

describe('loadStack', () => {
  it('loads a good file, whose own folder is the root', async () => {
    const file = join(folder, 'good.toml')
    writeFileSync(file, '[daemons.a]\ncommand = ["x"]\n')
    const result = await loadStack(file)
    expect(result).toMatchObject({
      ok: true,
      value: { name: 'good', file, root: folder, smokes: join(folder, 'smokes') },
    })
  })
  it('loads a file in `stacks`, whose parent is the root', async () => {
    await mkdir(join(folder, 'stacks'))
    writeFileSync(join(folder, 'stacks', 'x.toml'), 'name = "x"')
    expect(await loadStack(join(folder, 'stacks', 'x.toml'))).toMatchObject({
      ok: true,
      value: { root: folder },
    })
  })
  it('says that there is no file', async () =>
    expect(await errorsOfFile('none.toml')).toBe('none.toml: error: there is no such file\n'))
  it('says that a part of the path is no folder', async () =>
    expect(await errorsOfFile('good.toml/x')).toBe('good.toml/x: error: there is no such file\n'))
  it('says that it is a folder', async () =>
    expect(await errorsOfFile('stacks')).toBe('stacks: error: this is a folder, not a stack file\n'))
  it('says that a link leads nowhere', async () => {
    await symlink('loop.toml', join(folder, 'loop.toml'))
    expect(await errorsOfFile('loop.toml')).toContain('a symbolic link that leads to itself')
  })
  it('says in words why the system refused', () => {
    const fault = (code: string) => describeFault(Object.assign(new Error(`${code}: oh`), { code }))
    expect([fault('EACCES'), fault('EIO'), describeFault('oh')]).toEqual([
      'the file may not be read (permission denied)',
      'the file cannot be read: EIO: oh',
      'the file cannot be read: oh',
    ])
  })
  it('takes a NUL in the name for no name', async () => {
    const result = await loadStack('a\0b')
    expect(result.ok ? [] : result.error.map((one) => one.message)).toEqual(['this is no name of a file'])
  })
  it.each([
    ['nothing', ''],
    ['blanks', ' \r\n\t\n'],
    ['a byte order mark', '\ufeff\n'],
  ])('refuses an empty file: %s', async (_, content) =>
    expect(await errorsOfFile('empty.toml', content)).toContain('the file is empty'),
  )
  it('refuses more than 1 MiB', async () =>
    expect(await errorsOfFile('huge.toml', Buffer.alloc(2 ** 20 + 1, '#'))).toContain('larger than 1.0 MiB'))
  it('reads a device no further than that', async () => {
    const result = await loadStack('/dev/zero')
    expect(result.ok ? [] : result.error.map((one) => one.message)).toEqual([
      'the file is larger than 1.0 MiB: no stack file',
    ])
  })
  it('takes 1 MiB of comments', async () => {
    writeFileSync(join(folder, 'big.toml'), `${'#'.repeat(2 ** 20 - 12)}\nname = "x"`)
    expect((await loadStack(join(folder, 'big.toml'))).ok).toBe(true)
  })
  it('points at the first byte that is not UTF-8, past a replacement character that the file holds itself', async () => {
    const content = Buffer.concat([
      Buffer.from('# \ufffd\nname = "caf'),
      Buffer.from([0xe9]),
      Buffer.from('"\n'),
    ])
    expect(await errorsOfFile('utf8.toml', content)).toMatchInlineSnapshot(`
      "utf8.toml:2:12: error: this byte is not UTF-8
        2 | name = "caf�"
          |            ^
        hint: stack files are UTF-8 text
      "
    `)
  })
  it('knows UTF-16', async () =>
    expect(await errorsOfFile('utf16.toml', Buffer.from('\ufeffname = "x"', 'utf16le'))).toContain('UTF-16'))
  it('knows binary', async () =>
    expect(
      await errorsOfFile('binary.toml', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0x0a])),
    ).toContain('the file is binary, not text'))
})
