import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openFile } from './open-file.ts'
import { makeFolder } from './test-support.ts'

const LONG_MS = 20_000

function createOpener(script: string): string {
  const path = join(makeFolder(), 'opener')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

it('hands the file to the opener', async () => {
  const told = join(makeFolder(), 'told')
  const opener = createOpener(`printf '%s' "$1" > '${told}'`)
  expect(await openFile('/tmp/a report.html', opener, LONG_MS)).toBeUndefined()
  expect(readFileSync(told, 'utf8')).toBe('/tmp/a report.html')
})

it('says what is missing, or that the opener refused', async () => {
  expect(await openFile('/tmp/x', '/no/such/opener')).toMatch(
    /^\/no\/such\/opener could not be started: .*ENOENT/,
  )
  expect(await openFile('/tmp/x', createOpener('exit 3'), LONG_MS)).toMatch(/opener ended with code 3$/)
})
