import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { renderDiagnostics } from './diagnostic.ts'
import { type DocumentForm, loadDocument, parseDocument } from './document.ts'

const FORM: DocumentForm<{ shops: Record<string, { city: string; size?: number | undefined }> }> = {
  name: 'shop file',
  least: 'at least: one [shops.NAME]',
  schema: z.strictObject({
    shops: z.record(z.string(), z.strictObject({ city: z.string(), size: z.int().optional() })),
  }),
  rules: (file) =>
    'closed' in file ? [{ path: ['closed'], at: 'key', message: 'shops do not close here' }] : [],
}

const said = (text: string): string => {
  const parsed = parseDocument(text, '/shop/shops.toml', FORM)
  return parsed.ok ? 'ok' : renderDiagnostics(parsed.error, { cwd: '/shop' })
}

it('gives the checked value', () =>
  expect(parseDocument('[shops.a]\ncity = "Ulm"\nsize = 3\n', '/shop/shops.toml', FORM)).toEqual({
    ok: true,
    value: { shops: { a: { city: 'Ulm', size: 3 } } },
  }))

it('points at every error at once, and knows the nearest key', () =>
  expect(said('closed = true\n[shops.a]\ncitty = "Ulm"\ncity = 3\n')).toMatchInlineSnapshot(`
    "shops.toml:1:1: error: unknown key \`closed\`
      1 | closed = true
        | ^^^^^^
      hint: known here: shops

    shops.toml:1:1: error: shops do not close here
      1 | closed = true
        | ^^^^^^

    shops.toml:3:1: error: unknown key \`citty\`; did you mean \`city\`?
      3 | citty = "Ulm"
        | ^^^^^

    shops.toml:4:8: error: \`city\` must be a string, not a whole number
      4 | city = 3
        |        ^
      hint: write "3"
    "
  `))

it('tells syntax errors together with errors of meaning', () => {
  const text = said('[shops.a]\ncity = "Ulm\n[shops.b]\ntown = "Bonn"\n')
  expect(text).toContain('shops.toml:2:')
  expect(text).toContain('shops.toml:4:1: error: unknown key `town`')
})

it('names its own kind of file where there is nothing to read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smokechain-document-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'shops.toml')
  writeFileSync(file, '\n')
  const messages = await Promise.all(
    [file, folder, join(folder, 'none')].map(async (path) => {
      const loaded = await loadDocument(path, FORM)
      return loaded.ok ? [] : loaded.error.map(({ message, hint }) => [message, hint])
    }),
  )
  expect(messages).toEqual([
    [['the file is empty', 'at least: one [shops.NAME]']],
    [['this is a folder, not a shop file', undefined]],
    [['there is no such file', undefined]],
  ])
})
