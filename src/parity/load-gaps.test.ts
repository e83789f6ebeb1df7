/** Files of known gaps: what they mean, and what is said when they are wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { loadGaps } from './load-gaps.ts'
import { standardCase } from './rig.ts'
import type { ParitySuite } from './suite-types.ts'

const folder = mkdtempSync(join(tmpdir(), 'parity-gaps-'))
afterAll(() => rmSync(folder, { recursive: true }))

const said = (messages: readonly string[]): string => messages.join('\n').replaceAll(`${folder}/`, '')
const SUITE: ParitySuite = {
  name: 'api',
  file: join(folder, 'cases.toml'),
  cases: [{ ...standardCase, name: 'health' }],
}

const row = (more: string) =>
  `[[gaps]]\nid = "a"\nsuite = "api"\ncase = "health"\nreason = "because"\ndate = "2026-11-20"\n${more}\n`
const load = (text: string) => {
  const file = join(folder, 'gaps.toml')
  writeFileSync(file, text)
  return loadGaps(file, SUITE)
}

it('are those of the suite, their paths spelt as reports spell them', async () => {
  const other = row('paths = ["$.x"]').replace('"api"', '"other"').replace('id = "a"', 'id = "b"')
  const loaded = await load(
    `${row('paths = ["$[\\"id\\"]", "status", "$.a[*]"]\naspect = "shape"\nleft = "integer"')}${other}`,
  )
  expect(loaded).toMatchObject({
    ok: true,
    value: { gaps: [{ id: 'a', paths: ['$.id', 'status', '$.a[*]'], aspect: 'shape', left: 'integer' }] },
  })
})
it('may be none', async () => expect(await load('# none\n')).toMatchObject({ ok: true, value: { gaps: [] } }))
it('say everything that is wrong with them, at its place', async () => {
  const loaded = await load(
    `${row('paths = ["$.items[0].id", "$.*", "id", "stauts"]')}${row('paths = []\naspect = "shapes"').replace('"health"', '"helth"').replace('2026-11-20', '2026-02-30')}`,
  )
  expect(loaded.ok ? '' : said(loaded.error)).toMatchInlineSnapshot(`
      "gaps.toml:7:10: error: \`paths[0]\`: "$.items[0].id" names one element
        7 | paths = ["$.items[0].id", "$.*", "id", "stauts"]
          |          ^^^^^^^^^^^^^^^
        hint: a gap is of all elements: write [*]

      gaps.toml:7:27: error: \`paths[1]\`: "$.*" names any key
        7 | paths = ["$.items[0].id", "$.*", "id", "stauts"]
          |                           ^^^^^
        hint: a gap is of one path: a new key must not hide in it

      gaps.toml:7:34: error: \`paths[2]\`: "id" is no path: a path begins with \`$\`, which is the body itself
        7 | paths = ["$.items[0].id", "$.*", "id", "stauts"]
          |                                  ^^^^
        hint: status, media-type, or e.g. $.items[*].id, $["a key"], $.meta.*, $.rows[0]

      gaps.toml:7:40: error: \`paths[3]\`: "stauts" is no path: a path begins with \`$\`, which is the body itself
        7 | paths = ["$.items[0].id", "$.*", "id", "stauts"]
          |                                        ^^^^^^^^
        hint: status, media-type, or e.g. $.items[*].id, $["a key"], $.meta.*, $.rows[0]

      gaps.toml:9:6: error: two gaps have this id
        9 | id = "a"
          |      ^^^
        gaps.toml:2:6: first used here
        2 | id = "a"
          |      ---

      gaps.toml:11:8: error: no case of api has this name; did you mean "health"?
        11 | case = "helth"
           |        ^^^^^^^

      gaps.toml:13:8: error: \`date\`: "2026-02-30" is no day
        13 | date = "2026-02-30"
           |        ^^^^^^^^^^^^
        hint: e.g. "2026-11-20"

      gaps.toml:14:9: error: a gap has at least one path
        14 | paths = []
           |         ^^

      gaps.toml:15:10: error: \`aspect\`: "shapes" is no aspect; did you mean "shape"?
        15 | aspect = "shapes"
           |          ^^^^^^^^
        hint: status, media-type, shape, value, pattern
      "
    `)
})
it('must have a reason and a date', async () => {
  const loaded = await load('[[gaps]]\nid = "a"\nsuite = "api"\ncase = "health"\npaths = ["$"]\n')
  expect(loaded.ok ? '' : said(loaded.error)).toMatch(/has no `reason`[\s\S]*has no `date`/)
})
