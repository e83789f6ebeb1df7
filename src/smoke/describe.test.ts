import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { discoverSmokes } from './discover.ts'
import { createRig, type Rig, unwrap } from './fixtures/rig.ts'

let rig: Rig
let dir: string
beforeAll(async () => {
  rig = await createRig()
})
afterAll(() => rig.close())
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'describe-')))
})
afterEach(() => rmSync(dir, { recursive: true }))

/** `file:line:column message` of every problem of these files. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const ids = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(dir, name), text)
    chmodSync(join(dir, name), name.endsWith('.ts') ? 0o644 : 0o755)
    return name.replace(/\.\w+$/, '')
  })
  const described = await rig.runner.describe(unwrap(discoverSmokes(dir, ids)))
  if (described.ok) return []
  return described.error.map(({ file, line, column, message }) =>
    [file.replace(`${dir}/`, ''), line, column, ` ${message.replaceAll(dir, '<dir>')}`]
      .filter((part) => part !== undefined)
      .join(':'),
  )
}

const GOOD =
  "import { smoke } from 'smokechain'\nexport default smoke({ title: 't', needs: ['shop'], run() {} })\n"

describe('describing smokes', () => {
  it('finds nothing wrong with a good one, wherever it lies', async () => {
    expect(await problemsOf({ 'good.ts': GOOD })).toEqual([])
  })

  it('finds everything that is wrong, in all files in one go', async () => {
    const said = await problemsOf({
      'syntax.ts': "import { smoke } from 'smokechain'\nconst = 4\n",
      'enumerates.ts': 'enum Size { small }\nexport default Size\n',
      'javascript.mjs': 'let a = 1\nlet a = 2\n',
      'nodefault.ts': 'export const a = 1\n',
      'other.ts': 'export default { title: 1 }\n',
      'fields.ts': GOOD.replace("title: 't'", "\n  tilte: 't'").replace('run() {}', "\n  budget: '5'"),
      'needs.ts': GOOD.replace("['shop']", "['shpo']"),
      'imports.ts': "import './missing.ts'\n",
      'nopackage.ts': "import 'no-such-package-anywhere'\n",
      'throws.ts': "\nthrow new Error('not today')\n",
      'rejects.ts': `${GOOD}Promise.reject(new Error('in the background'))\n`,
      'script.sh': '#!/bin/sh\n# budget: soon\n# needs: shop\n',
      'noshebang.sh': 'echo hello\n',
      'unknown.sh': '#!/bin/sh\n# needs: shop safe\n',
      'good.ts': GOOD,
    })
    expect(said).toMatchSnapshot()
  })

  it('survives a file that ends its process, and still reads the next', async () => {
    const said = await problemsOf({
      'exits.ts': "console.error('goodbye')\nprocess.exit(3)\n",
      'killed.ts': "process.kill(process.pid, 'SIGKILL')\n",
      'nodefault.ts': 'export {}\n',
    })
    expect(said).toMatchSnapshot()
  })

  it('keeps the order of the chain', async () => {
    writeFileSync(join(dir, 'b.ts'), GOOD)
    writeFileSync(join(dir, 'a.sh'), '#!/bin/sh\n')
    chmodSync(join(dir, 'a.sh'), 0o755)
    writeFileSync(join(dir, 'c.ts'), GOOD)
    const infos = unwrap(await rig.runner.describe(unwrap(discoverSmokes(dir, ['c', 'a', 'b']))))
    expect(infos.map((info) => info.id)).toEqual(['c', 'a', 'b'])
  })
})
