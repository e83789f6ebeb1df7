/** Which version of the tool this is. */
import { readFileSync } from 'node:fs'

/** This tool's version, from its package.json. */
export function toolVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}
