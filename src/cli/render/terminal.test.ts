import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { renderGateLine } from '../../ledger/text.ts'
import { createVerdict, verdictOf } from '../../ledger/verdict.ts'
import { type Board, createBoard } from './board.ts'
import { createReporter } from './create.ts'
import { createPaint } from './paint.ts'
import { Paper, SCENARIOS } from './test-scenarios.ts'

type Name = keyof typeof SCENARIOS

/** The board as it reads after each event until `until` has happened, time standing still. */
function boardAfter(name: Name, until: (type: string, nth: number) => boolean): string {
  const fold = createVerdict()
  let board: Board | undefined
  let nth = 0
  for (const event of SCENARIOS[name]().events) {
    fold.add(event)
    if (event.type === 'boot.started') {
      board = createBoard(event.daemons, ['d1', 'd2', 'd3'], createPaint(false), () => 0)
    }
    board?.add(event, event.type === 'smoke.finished' ? fold.row(event.smoke) : undefined)
    nth += 1
    if (until(event.type, nth)) break
  }
  if (!board) throw new Error('no boot in this scenario')
  const show = (line: { title(): string; outcome(): string | undefined }): string =>
    `[${line.outcome() ?? ''}] ${line.title()}`
  return [board.boot, board.chain, board.stop]
    .flatMap((phase) => [show(phase), ...phase.lines.map((line) => `  ${show(line)}`)])
    .join('\n')
}

describe('the board', () => {
  it('while daemons come up', () =>
    expect(boardAfter('green', (_, nth) => nth === 5)).toMatchInlineSnapshot(`
      "[] Boot  1/3 ready  0 ms
        [good] storaged  120 ms
        [] catalogd  starting  0 ms
        [] queryd
      [] Chain  3 smokes
        [] d1
        [] d2
        [] d3
      [] Stop"
    `))
  it('while a smoke runs', () =>
    expect(boardAfter('failed step', (type) => type === 'step.started')).toMatchInlineSnapshot(`
      "[good] Boot  3/3 ready  420 ms
        [good] storaged  120 ms
        [good] catalogd  120 ms
        [good] queryd  120 ms
      [] Chain  0/3  0 ms
        [] d1  › the answer is right  0 ms
        [] d2
        [] d3
      [] Stop"
    `))
  it('after a failed step', () =>
    expect(boardAfter('failed step', () => false)).toMatchInlineSnapshot(`
      "[good] Boot  3/3 ready  420 ms
        [good] storaged  120 ms
        [good] catalogd  120 ms
        [good] queryd  120 ms
      [bad] Chain  3/3
        [good] PASS d1 1s
        [bad] FAIL d2 2s  d2: step "a query sees three rows, once the tick has passed" failed: rows
        [good] PASS d3 1s
      [good] Stop"
    `))
  it('after a port was taken', () =>
    expect(boardAfter('bind taken', () => false)).toMatchInlineSnapshot(`
      "[bad] Boot  0/3 ready  12 ms
        [bad] storaged cannot bind 127.0.0.1:3211: held by PID 4242 (node server.js), since 2026-11-20 10:02 UTC
        [skipped] catalogd
        [skipped] queryd
      [bad] Chain  3/3
        [bad] BLOCKED d1 0s  d1 could not run: storaged did not come up
        [bad] BLOCKED d2 0s  d2 could not run: storaged did not come up
        [bad] BLOCKED d3 0s  d3 could not run: storaged did not come up
      [good] Stop"
    `))
  it('after a death', () =>
    expect(boardAfter('death during a smoke', () => false)).toMatchInlineSnapshot(`
      "[good] Boot  3/3 ready  420 ms
        [good] storaged  120 ms
        [good] catalogd  120 ms
        [good] queryd  120 ms
      [bad] Chain  3/3
        [bad] FAIL d1 1s  queryd died after 4.2 s: it exited with code 1, and nobody had asked it to stop
        [bad] BLOCKED d2 0s  d2 could not run: queryd died while d1 ran
        [bad] BLOCKED d3 0s  d3 could not run: queryd died while d1 ran
      [good] Stop"
    `))
  it('while it is interrupted', () =>
    expect(boardAfter('interrupted', (type) => type === 'stop.started')).toMatchInlineSnapshot(`
      "[good] Boot  3/3 ready  420 ms
        [good] storaged  120 ms
        [good] catalogd  120 ms
        [good] queryd  120 ms
      [skipped] Chain  2/3
        [good] PASS d1 1s
        [skipped] NOT RUN d2 1s  interrupted
        [skipped] d3
      [] Stop  interrupted by SIGINT; once more to kill  0 ms"
    `))
})

describe.each(Object.entries(SCENARIOS))('on a terminal (%s)', (_, make) => {
  it.each([
    [80, 24],
    [20, 5],
    [3, 1],
  ])('of %i columns and %i rows it ends as everywhere, with the cursor shown', async (columns, rows) => {
    const stdout = new Paper(true, columns, rows)
    const plain = new Paper()
    const reporter = createReporter({ kind: 'auto', stdout, stderr: new Paper(), env: {}, color: false })
    const plainReporter = createReporter({ kind: 'plain', stdout: plain, stderr: new Paper(), env: {} })
    for (const event of make().events) {
      reporter.event(event)
      plainReporter.event(event)
      await turn()
    }
    await reporter.finish(verdictOf(make().events))
    await plainReporter.finish(verdictOf(make().events))
    const final = plain.text.slice(plain.text.indexOf('\n\n') + 2)
    expect(stdout.text.endsWith(final)).toBe(true)
    // The last thing before it is an erased frame (or none was drawn), then the cursor: nothing of the view stays.
    const live = stdout.text.slice(0, -final.length)
    expect(live).toMatch(/(\u001b\[\?2026l|\u001b\[\?25l)\u001b\[\?25h$/)
    expect(stdout.text.endsWith(`\n${renderGateLine(verdictOf(make().events))}\n`)).toBe(true)
    expect(stdout.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.text.lastIndexOf('\u001b[?25l'))
    expect(stdout.text).not.toContain('live view failed')
  })
})

describe('which reporter is chosen', () => {
  const draws = async (stdout: Paper, env: Record<string, string>, verbose = false): Promise<boolean> => {
    const reporter = createReporter({ kind: 'auto', stdout, stderr: new Paper(), env, verbose })
    for (const event of SCENARIOS.green().events) reporter.event(event)
    await reporter.finish(verdictOf(SCENARIOS.green().events))
    return stdout.text.includes('\u001b[?25l')
  }
  it('a live one on a terminal', async () => expect(await draws(new Paper(true), {})).toBe(true))
  it('a plain one in a pipe', async () => expect(await draws(new Paper(false), {})).toBe(false))
  it('a plain one on a dumb terminal', async () =>
    expect(await draws(new Paper(true), { TERM: 'dumb' })).toBe(false))
  it('a plain one with --verbose', async () => expect(await draws(new Paper(true), {}, true)).toBe(false))
})
