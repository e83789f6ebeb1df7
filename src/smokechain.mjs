#!/usr/bin/env node
// The launcher: plain JavaScript, so that an old Node gets one clear line instead of a syntax error.
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const least = engines.node.replace('>=', '')
const [wantedMajor, wantedMinor] = least.split('.').map(Number)
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  process.stderr.write(
    `smokechain needs Node ${least} or newer; this is ${process.version}. Run it through just (\`npx -y rust-just verify\`), which uses the Node pinned in package.json, or put node_modules/.bin first on PATH.\n`,
  )
  process.exitCode = 2
} else {
  // Compiled code is kept between runs, beside the dependencies: half the start-up time, for the smoke host and the
  // guardian too.
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/smokechain', import.meta.url)))
  const { usePrebundled } = await import('../scripts/prebundled.ts')
  usePrebundled(['commander', 'execa', 'toml', 'zod'])
  const { main } = await import('./main.ts')
  await main(process.argv.slice(2))
}
