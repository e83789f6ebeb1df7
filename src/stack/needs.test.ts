/** What people read when needs are wrong. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('needs', () => {
  it('a name that nobody has', () =>
    expect(
      errorsOf(
        '[daemons.storaged]\ncommand = ["x"]\n[daemons.queryd]\ncommand = ["x"]\nneeds = ["stroaged"]',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:5:10: error: no daemon is named \`stroaged\`; did you mean \`storaged\`?
      5 | needs = ["stroaged"]
        |          ^^^^^^^^^^
    "
  `))
  it('a stranger', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nneeds = ["postgres"]')).toMatchInlineSnapshot(`
    "s.toml:3:10: error: no daemon is named \`postgres\`
      3 | needs = ["postgres"]
        |          ^^^^^^^^^^
      hint: there are: a
    "
  `))
  it('itself', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nneeds = ["a"]')).toMatchInlineSnapshot(`
    "s.toml:3:10: error: daemon \`a\` needs itself
      3 | needs = ["a"]
        |          ^^^
    "
  `))
  it('twice', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\n[daemons.b]\ncommand = ["x"]\nneeds = ["a", "a"]'),
    ).toMatchInlineSnapshot(`
    "s.toml:5:15: error: \`a\` is listed twice
      5 | needs = ["a", "a"]
        |               ^^^
      s.toml:5:10: first listed here
      5 | needs = ["a", "a"]
        |          ---
    "
  `))
  it('a circle of two', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nneeds = ["b"]\n[daemons.b]\ncommand = ["x"]\nneeds = ["a"]'),
    ).toMatchInlineSnapshot(`
    "s.toml:3:10: error: daemons need each other in a circle: a → b → a
      3 | needs = ["b"]
        |          ^^^
      hint: none of them could ever be started first; take one of these needs away
      s.toml:6:10: \`b\` needs \`a\`
      6 | needs = ["a"]
        |          ---
    "
  `))
  it('a circle of three, with what leads to it', () =>
    expect(
      errorsOf(
        '[daemons.start]\ncommand = ["x"]\nneeds = ["a"]\n[daemons.a]\ncommand = ["x"]\nneeds = ["b"]\n[daemons.b]\ncommand = ["x"]\nneeds = ["c"]\n[daemons.c]\ncommand = ["x"]\nneeds = ["a"]\n',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:6:10: error: daemons need each other in a circle: a → b → c → a
      6 | needs = ["b"]
        |          ^^^
      hint: none of them could ever be started first; take one of these needs away
      s.toml:9:10: \`b\` needs \`c\`
      9 | needs = ["c"]
        |          ---
      s.toml:12:10: \`c\` needs \`a\`
      12 | needs = ["a"]
         |          ---
    "
  `))
  it('two circles', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nneeds = ["b"]\n[daemons.b]\ncommand = ["x"]\nneeds = ["a", "c"]\n[daemons.c]\ncommand = ["x"]\nneeds = ["d"]\n[daemons.d]\ncommand = ["x"]\nneeds = ["c"]\n',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:3:10: error: daemons need each other in a circle: a → b → a
      3 | needs = ["b"]
        |          ^^^
      hint: none of them could ever be started first; take one of these needs away
      s.toml:6:10: \`b\` needs \`a\`
      6 | needs = ["a", "c"]
        |          ---

    s.toml:9:10: error: daemons need each other in a circle: c → d → c
      9 | needs = ["d"]
        |          ^^^
      hint: none of them could ever be started first; take one of these needs away
      s.toml:12:10: \`d\` needs \`c\`
      12 | needs = ["c"]
         |          ---
    "
  `))
})
