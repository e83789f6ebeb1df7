import { Parser, type Result } from 'tap-parser'
import { describe, expect, it } from 'vitest'
import { SCENARIOS } from '../cli/render/test-scenarios.ts'
import { renderTap } from './tap.ts'
import { Script } from './test-events.ts'
import { HOSTILE, playHostile } from './test-hostile.ts'
import { verdictOf } from './verdict.ts'

const render = (script: Script): string => renderTap(verdictOf(script.events))

/** As a harness reads it, which takes every line that is no TAP for a failure. */
function parse(text: string): { parser: Parser; points: Result[]; steps: Result[]; extra: string[] } {
  const parser = new Parser({ strict: true })
  const points: Result[] = []
  const steps: Result[] = []
  const extra: string[] = []
  parser.on('assert', (point: Result) => points.push(point))
  parser.on('child', (child: Parser) => child.on('assert', (point: Result) => steps.push(point)))
  parser.on('extra', (line: string) => extra.push(line))
  parser.end(text)
  return { parser, points, steps, extra }
}

describe('TAP', () => {
  it('reads like this', () => {
    expect(render(SCENARIOS['failed step']())).toMatchInlineSnapshot(`
      "TAP version 14
      1..3
      # Subtest: d1
          1..1
          ok 1 - the answer is right
      ok 1 - d1
        ---
        title: "d1 keeps its promise"
        duration_ms: 1234
        ...
      # Subtest: d2
          1..2
          ok 1 - the first ingest stores three rows
          not ok 2 - a query sees three rows, once the tick has passed
            ---
            detail:
              - "d2: step \\"a query sees three rows, once the tick has passed\\" failed: rows"
              - "request:  queryd POST http://127.0.0.1:3214/v1/sql"
              - "expected: [{\\"n\\":3}]"
              - "received: [{\\"n\\":2}]"
              - "waited:   2.0 s, 81 attempts"
              - "at:       smokes/d2.ts:14:7"
            ...
      not ok 2 - d2
        ---
        title: "a re-ingested file is stored once"
        duration_ms: 2345
        class: "FAIL"
        message: "d2: step \\"a query sees three rows, once the tick has passed\\" failed: rows"
        at:
          file: "smokes/d2.ts"
          line: 14
          column: 7
        why: "a retry after a lost answer used to double the rows"
        log:
          - "log of queryd:"
          - "  {\\"msg\\":\\"refreshed\\",\\"tables\\":1}"
          - "  {\\"msg\\":\\"query\\",\\"rows\\":2}"
        rerun: "smokechain run --stack stacks/dev.toml d2"
        ...
      # Subtest: d3
          1..1
          ok 1 - the answer is right
      ok 3 - d3
        ---
        title: "d3 keeps its promise"
        duration_ms: 1234
        ...
      # --- 2 PASS / 1 FAIL ---
      "
    `)
  })

  it('of a smoke that failed outside of its steps has a subtest that fails', () => {
    expect(render(SCENARIOS['death during a smoke']()).split('not ok 2')[0]).toMatchInlineSnapshot(`
      "TAP version 14
      1..3
      # Subtest: d1
          1..1
          not ok 1 - queryd died after 4.2 s: it exited with code 1, and nobody had asked it to stop
            ---
            detail:
              - "queryd died after 4.2 s: it exited with code 1, and nobody had asked it to stop"
              - "last line of queryd's log:"
              - "  panic: index out of range"
              - "next: mend what its log says; a daemon runs until it gets SIGTERM"
            ...
      not ok 1 - d1
        ---
        title: "d1 keeps its promise"
        duration_ms: 1234
        class: "FAIL"
        message: "queryd died after 4.2 s: it exited with code 1, and nobody had asked it to stop"
        log:
          - "log of storaged:"
          - "  stored 3 objects"
        rerun: "smokechain run --stack stacks/dev.toml d1"
        ...
      "
    `)
  })

  it.each([
    ['bind taken', 'storaged cannot bind 127.0.0.1:3211: held by PID 4242'],
    ['interrupted', 'the run was interrupted by SIGINT'],
  ] as const)('of "%s" bails out after all its points', (name, reason) => {
    const text = render(SCENARIOS[name]())
    expect(text.trimEnd().split('\n').at(-1)).toContain(`Bail out! ${reason}`)
    const { parser, points } = parse(text)
    expect(parser.results).toMatchObject({ ok: false, bailout: expect.stringContaining(reason) })
    expect(points).toHaveLength(4)
  })

  it('of every scenario is TAP to the strictest reader, and is ok when the exit code is 0', () => {
    for (const [name, play] of Object.entries(SCENARIOS)) {
      const verdict = verdictOf(play().events)
      const { parser, extra } = parse(renderTap(verdict))
      expect(extra, name).toEqual([])
      expect(parser.results?.ok, name).toBe(verdict.exitCode === 0)
    }
  })

  it('lets no text of a stranger be a line, a directive or a subtest of its own', () => {
    const verdict = verdictOf(playHostile().events)
    const { parser, points, steps, extra } = parse(renderTap(verdict))
    const smokes = Object.keys(HOSTILE).length
    expect(extra).toEqual([])
    expect(parser.results).toMatchObject({
      ok: false,
      bailout: false,
      count: smokes * 2 + 2,
      skip: 1,
      todo: 0,
    })
    expect(parser.results?.fail).toBe(smokes * 2 + 1)
    expect(steps.map(({ ok }) => ok)).toEqual(Object.keys(HOSTILE).flatMap(() => [true, false]))
    expect(points.filter(({ diag }) => diag === null).map(({ name }) => name)).toEqual(['skipped'])
    const names = steps.map(({ name }) => name)
    expect(names).toContain(HOSTILE['directives of TAP'])
    expect(names).toContain('a subtest {.')
    expect(names).toContain('# SKIP')
    expect(points.every(({ diag }) => JSON.stringify(diag).isWellFormed())).toBe(true)
    expect(points.find(({ name }) => name === 's3')?.diag.title).toBe(
      'high \ufffd low \ufffd whole \u{1f600}',
    )
  })

  it('of a smoke that failed without a word still has a subtest that fails', () => {
    const { parser, steps } = parse(render(new Script().start(['d1']).smoke('d1', 'FAIL').stop().finish()))
    expect(steps.map(({ ok, name }) => [ok, name])).toEqual([
      [true, 'the answer is right'],
      [false, 'd1: it failed without a reason'],
    ])
    expect(parser.results).toMatchObject({ ok: false, count: 1, fail: 1 })
  })

  it('gives its facts as YAML that a reader gets back', () => {
    const { points } = parse(render(SCENARIOS['failed step']()))
    expect(points[1]?.diag).toMatchObject({
      title: 'a re-ingested file is stored once',
      class: 'FAIL',
      at: { file: 'smokes/d2.ts', line: 14, column: 7 },
      log: ['log of queryd:', '  {"msg":"refreshed","tables":1}', '  {"msg":"query","rows":2}'],
    })
    expect(points[1]?.time).toBe(2_345)
  })

  it('says how many steps of very many it leaves out', () => {
    const script = new Script().start(['d1']).begin('d1')
    for (let i = 0; i < 250; i += 1) script.step('d1', `step ${i}`)
    const text = render(script.end('d1', 'PASS', { steps: 250 }).stop().finish())
    expect(text).toContain('    1..200\n')
    expect(text).toContain('    # and 50 more steps\n')
    expect(parse(text).parser.results?.ok).toBe(true)
  })
})
