import { describe, expect, it } from 'vitest'
import { SCENARIOS } from '../cli/render/test-scenarios.ts'
import { renderGithub } from './github.ts'
import { Script } from './test-events.ts'
import { HOSTILE, playHostile } from './test-hostile.ts'
import { verdictOf } from './verdict.ts'

const render = (script: Script): string => renderGithub(verdictOf(script.events), { workspace: '/repo' })

/** As the runner takes a line apart. Undefined: it is no command. */
function parse(
  line: string,
): { command: string; properties: Record<string, string>; text: string } | undefined {
  const [, head, text] = /^::(.*?)::(.*)$/s.exec(line) ?? []
  if (head === undefined || text === undefined) return undefined
  const [command = '', rest = ''] = head.split(/ (.*)/s)
  const properties = rest.split(',').flatMap((pair) => {
    const [key, value] = pair.split(/=(.*)/s)
    return key === undefined || value === undefined ? [] : [[key, undo(value)] as const]
  })
  return { command, properties: Object.fromEntries(properties), text: undo(text) }
}

const undo = (text: string): string =>
  text
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%')

describe('annotations for GitHub', () => {
  it('stand at the failed step, in a group of its smoke', () => {
    expect(render(SCENARIOS['failed step']())).toMatchInlineSnapshot(`
      "::group::FAIL d2  a re-ingested file is stored once
      ::error file=smokes/d2.ts,line=14,col=7,title=d2%3A step "a query sees three rows%2C once the tick has passed" failed%3A rows::  request:  queryd POST http://127.0.0.1:3214/v1/sql%0A  expected: [{"n":3}]%0A  received: [{"n":2}]%0A  waited:   2.0 s, 81 attempts%0A  at:       smokes/d2.ts:14:7%0Awhy it matters: a retry after a lost answer used to double the rows%0Alog of queryd:%0A  {"msg":"refreshed","tables":1}%0A  {"msg":"query","rows":2}%0Arerun: smokechain run --stack stacks/dev.toml d2
      ::endgroup::
      --- 2 PASS / 1 FAIL ---
      "
    `)
  })

  it('tell the cause before its consequences, and what is no error as notice and warning', () => {
    const blocked = {
      tag: 'blocked',
      smoke: 'd2',
      daemons: ['queryd'],
      reason: 'queryd is not running',
    } as const
    const script = new Script().start(['d1', 'd2', 'd3', 'd4'], ['d1', 'd2', 'd3'])
    script.boot('queryd').smoke('d1', 'SKIP', { reason: 'no network' }).died('queryd', null)
    script.smoke('d2', 'BLOCKED', { failures: [blocked] }).smoke('d3', 'FAIL')
    script.add({ type: 'warning', message: 'clock stepped back by 3 s' })
    const lines = render(script.stop().finish()).split('\n')
    expect(lines.map((line) => line.replace(/::.*died after.*/s, '::…'))).toMatchInlineSnapshot(`
      [
        "::group::the run",
        "::…",
        "::endgroup::",
        "::group::FAIL d3  d3 keeps its promise",
        "::error title=d3%3A it failed without a reason::rerun: smokechain run --stack stacks/dev.toml d3",
        "::endgroup::",
        "::group::BLOCKED d2  d2 keeps its promise",
        "::error title=d2 could not run%3A queryd is not running::  next: mend queryd first%0Arerun: smokechain run --stack stacks/dev.toml d2",
        "::endgroup::",
        "::notice title=SKIP d1::no network",
        "::notice title=stack dev::3 of 4 smokes selected: not the whole chain, so the gate does not count it",
        "::warning title=stack dev::clock stepped back by 3 s",
        "--- 0 PASS / 1 FAIL / 1 BLOCKED / 1 SKIP / 1 DIED ---",
        "",
      ]
    `)
  })

  it('name a file by its path from the checkout', () => {
    const failure = (file: string) =>
      ({
        tag: 'step-failed',
        smoke: 'd1',
        step: 'one',
        mismatches: [],
        location: { file, line: 2, column: 1 },
      }) as const
    const fileOf = (file: string): string | undefined => {
      const script = new Script().start(['d1']).smoke('d1', 'FAIL', { failures: [failure(file)] })
      const lines = render(script.stop().finish()).split('\n').map(parse)
      return lines.find((line) => line?.command === 'error')?.properties['file']
    }
    expect(fileOf('/repo/smokes/d1.ts')).toBe('smokes/d1.ts')
    expect(fileOf('smokes/d1.ts')).toBe('smokes/d1.ts')
    expect(fileOf('/repository/d1.ts')).toBe('/repository/d1.ts')
  })

  it('let no text of a stranger be a command, or more than its value', () => {
    const lines = render(playHostile()).trimEnd().split('\n')
    const smokes = Object.keys(HOSTILE).length
    const parsed = lines.slice(0, -1).map(parse)
    const tally = (command: string): number => parsed.filter((line) => line?.command === command).length
    expect(parsed).not.toContain(undefined)
    expect(lines.at(-1)).toMatch(/^--- 0 PASS \/ /)
    // Each smoke, the blocked one, and each leak.
    expect(tally('error')).toBe(smokes * 2 + 1)
    expect(tally('warning')).toBe(smokes)
    expect(tally('notice')).toBe(1)
    expect(tally('group')).toBe(smokes + 2)
    expect(tally('endgroup')).toBe(smokes + 2)
    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0008\u000b-\u001f]|##\[/)
    const errors = parsed.filter((line) => line?.command === 'error')
    expect(errors.every((line) => (line?.text.length ?? 0) < 11_000)).toBe(true)
    expect(errors.some((line) => line?.text.includes('::stop-commands::z %0A%25'))).toBe(true)
    const placed = errors.filter((line) => line?.properties['file'] !== undefined)
    expect(placed[0]?.properties).toMatchObject({ file: 'smokes/a,b:c% s0.ts', line: '7', col: '3' })
  })

  it('of a green run are none', () => expect(render(SCENARIOS.green())).toBe('--- 3 PASS / 0 FAIL ---\n'))
})
