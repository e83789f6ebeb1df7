import { describe, expect, it } from 'vitest'
import type { Script } from '../../ledger/test-events.ts'
import { renderGateLine } from '../../ledger/text.ts'
import { verdictOf } from '../../ledger/verdict.ts'
import { createReporter, type ReporterOptions } from './create.ts'
import { Paper, SCENARIOS } from './test-scenarios.ts'

async function report(
  script: Script,
  more: Partial<ReporterOptions> = {},
): Promise<{ out: string; err: string }> {
  const stdout = new Paper()
  const stderr = new Paper()
  const reporter = createReporter({ kind: 'plain', stdout, stderr, env: {}, ...more })
  for (const event of script.events) reporter.event(event)
  await reporter.finish(verdictOf(script.events))
  return { out: stdout.text, err: stderr.text }
}

describe('the plain report of', () => {
  it('a green run', async () =>
    expect((await report(SCENARIOS.green())).out).toMatchInlineSnapshot(`
      "booting 3 daemons
        ready storaged  120 ms
        ready catalogd  120 ms
        ready queryd  120 ms
      up in 420 ms
      PASS d1 0s
      PASS d2 5s
      PASS d3 0s

      stack dev · boot 420 ms · 6 expectations in 3 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      PASS d1 0s
      PASS d2 5s
      PASS d3 0s
      --- 3 PASS / 0 FAIL ---
      "
    `))
  it('smokes that were slow: one passed all the same, one failed for it', async () =>
    expect((await report(SCENARIOS.slow())).out).toMatchInlineSnapshot(`
      "booting 1 daemon
        ready storaged  120 ms
      up in 420 ms
      PASS d1 5s
        slow: 5.4 s; usually 2.1 s, and over 3.1 s is slow (median of 20 runs)
      FAIL d2 9s
        ✗ d2 passed but was slow: 9.0 s; usually 2.1 s, and over 3.1 s is slow (median of 20 runs)
      PASS d3 1s

      FAIL d2  d2 keeps its promise
        ✗ d2 passed but was slow: 9.0 s; usually 2.1 s, and over 3.1 s is slow (median of 20 runs)
            next: find what became slower; if it is meant to do more now, the limit rises as such runs go on
        rerun: smokechain run --stack stacks/dev.toml d2

      SLOW d1  5.4 s; usually 2.1 s, and over 3.1 s is slow (median of 20 runs)

      stack dev · boot 420 ms · 6 expectations in 3 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      PASS d1 5s
      FAIL d2 9s
      PASS d3 1s
      --- 2 PASS / 1 FAIL ---
      "
    `))
  it('a failed step', async () =>
    expect((await report(SCENARIOS['failed step']())).out).toMatchInlineSnapshot(`
      "booting 3 daemons
        ready storaged  120 ms
        ready catalogd  120 ms
        ready queryd  120 ms
      up in 420 ms
      PASS d1 1s
      FAIL d2 2s
        ✗ d2: step "a query sees three rows, once the tick has passed" failed: rows
      PASS d3 1s

      FAIL d2  a re-ingested file is stored once
        ✗ d2: step "a query sees three rows, once the tick has passed" failed: rows
            request:  queryd POST http://127.0.0.1:3214/v1/sql
            expected: [{"n":3}]
            received: [{"n":2}]
            waited:   2.0 s, 81 attempts
            at:       smokes/d2.ts:14:7
        why it matters: a retry after a lost answer used to double the rows
        log of queryd:
          {"msg":"refreshed","tables":1}
          {"msg":"query","rows":2}
        rerun: smokechain run --stack stacks/dev.toml d2

      stack dev · boot 420 ms · 6 expectations in 3 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      PASS d1 1s
      FAIL d2 2s
      PASS d3 1s
      --- 2 PASS / 1 FAIL ---
      "
    `))
  it('a taken port', async () =>
    expect((await report(SCENARIOS['bind taken']())).out).toMatchInlineSnapshot(`
      "booting 3 daemons
        ✗ storaged cannot bind 127.0.0.1:3211: held by PID 4242 (node server.js), since 2026-11-20 10:02 UTC
            next: stop that process, or change "bind" of storaged
      not up after 12 ms
      BLOCKED d1 0s
      BLOCKED d2 0s
      BLOCKED d3 0s

      ✗ storaged cannot bind 127.0.0.1:3211: held by PID 4242 (node server.js), since 2026-11-20 10:02 UTC
          next: stop that process, or change "bind" of storaged

      BLOCKED d1 d2 d3
        storaged did not come up

      stack dev · boot 12 ms · 0 expectations in 0 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      BLOCKED d1 0s
      BLOCKED d2 0s
      BLOCKED d3 0s
      --- 0 PASS / 0 FAIL / 3 BLOCKED / BOOT FAILED ---
      "
    `))
  it('a crash before ready', async () =>
    expect((await report(SCENARIOS['crash before ready']())).out).toMatchInlineSnapshot(`
      "booting 3 daemons
        ready storaged  120 ms
        ✗ queryd exited with code 1, 34 ms after it was started, before it was ready
            last 2 lines of queryd's log:
              loading config
              Error: no such extension: parquet
            next: mend what its log says, or correct "command" of queryd
      not up after 190 ms
      BLOCKED d1 0s
      BLOCKED d2 0s
      BLOCKED d3 0s

      ✗ queryd exited with code 1, 34 ms after it was started, before it was ready
          last 2 lines of queryd's log:
            loading config
            Error: no such extension: parquet
          next: mend what its log says, or correct "command" of queryd

      BLOCKED d1 d2 d3
        queryd did not come up

      stack dev · boot 190 ms · 0 expectations in 0 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      BLOCKED d1 0s
      BLOCKED d2 0s
      BLOCKED d3 0s
      --- 0 PASS / 0 FAIL / 3 BLOCKED / BOOT FAILED ---
      "
    `))
  it('a death during a smoke', async () =>
    expect((await report(SCENARIOS['death during a smoke']())).out).toMatchInlineSnapshot(`
      "booting 3 daemons
        ready storaged  120 ms
        ready catalogd  120 ms
        ready queryd  120 ms
      up in 420 ms
        ✗ queryd died after 4.2 s: it exited with code 1, and nobody had asked it to stop
            last line of queryd's log:
              panic: index out of range
            next: mend what its log says; a daemon runs until it gets SIGTERM
      FAIL d1 1s
        ✗ queryd died after 4.2 s: it exited with code 1, and nobody had asked it to stop
      BLOCKED d2 0s
      BLOCKED d3 0s

      FAIL d1  d1 keeps its promise
        ✗ queryd died after 4.2 s: it exited with code 1, and nobody had asked it to stop
            last line of queryd's log:
              panic: index out of range
            next: mend what its log says; a daemon runs until it gets SIGTERM
        log of storaged:
          stored 3 objects
        rerun: smokechain run --stack stacks/dev.toml d1

      BLOCKED d2 d3
        queryd died while d1 ran

      stack dev · boot 420 ms · 6 expectations in 3 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      FAIL d1 1s
      BLOCKED d2 0s
      BLOCKED d3 0s
      --- 0 PASS / 1 FAIL / 2 BLOCKED ---
      "
    `))
  it('a leak', async () =>
    expect((await report(SCENARIOS.leak())).out).toMatchInlineSnapshot(`
      "booting 3 daemons
        ready storaged  120 ms
        ready catalogd  120 ms
        ready queryd  120 ms
      up in 420 ms
      PASS d1 1s
      PASS d2 1s
      PASS d3 1s
        ✗ process left behind: PID 4711 (sleep 600), of queryd
            next: end that process; the daemon must end its children when it gets SIGTERM

      ✗ process left behind: PID 4711 (sleep 600), of queryd
          next: end that process; the daemon must end its children when it gets SIGTERM

      stack dev · boot 420 ms · 6 expectations in 3 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      PASS d1 1s
      PASS d2 1s
      PASS d3 1s
      --- 3 PASS / 0 FAIL / 1 LEAK ---
      "
    `))
  it('an interruption', async () =>
    expect((await report(SCENARIOS.interrupted())).out).toMatchInlineSnapshot(`
      "booting 3 daemons
        ready storaged  120 ms
        ready catalogd  120 ms
        ready queryd  120 ms
      up in 420 ms
      PASS d1 1s
      interrupted by SIGINT: stopping in order; once more to kill
      NOT RUN d2 1s

      interrupted by SIGINT
      stack dev · boot 420 ms · 4 expectations in 2 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      PASS d1 1s
      NOT RUN d2 1s
      NOT RUN d3 0s
      --- 1 PASS / 0 FAIL / 2 NOT RUN / INTERRUPTED ---
      "
    `))
  it('lost evidence', async () =>
    expect((await report(SCENARIOS['evidence lost']())).out).toMatchInlineSnapshot(`
      "booting 3 daemons
        ready storaged  120 ms
        ready catalogd  120 ms
        ready queryd  120 ms
      up in 420 ms
      PASS d1 1s
        ✗ evidence is lost: logs/runs/20261120T100200Z-ab12cd/journal.jsonl could not be written: ENOSPC: no space left on device, write
            next: make room or mend the disk, then run again; this run proves nothing
      PASS d2 1s
      PASS d3 1s

      ✗ evidence is lost: logs/runs/20261120T100200Z-ab12cd/journal.jsonl could not be written: ENOSPC: no space left on device, write
          next: make room or mend the disk, then run again; this run proves nothing

      stack dev · boot 420 ms · 6 expectations in 3 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      PASS d1 1s
      PASS d2 1s
      PASS d3 1s
      --- 3 PASS / 0 FAIL / EVIDENCE LOST ---
      "
    `))
  it('a part of the chain', async () =>
    expect((await report(SCENARIOS['a part, with a skip and a warning']())).out).toMatchInlineSnapshot(`
      "booting 1 daemon
        ready storaged  120 ms
      up in 420 ms
      warning: clock stepped back by 3 s
      PASS d1 1s
      SKIP d3 1s

      SKIP d3  no network

      2 of 3 smokes selected: not the whole chain, so the gate does not count it
      warning: clock stepped back by 3 s
      stack dev · boot 420 ms · 4 expectations in 2 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      PASS d1 1s
      SKIP d3 1s
      --- 1 PASS / 0 FAIL / 1 SKIP ---
      "
    `))
  it('a failed step, verbose', async () =>
    expect((await report(SCENARIOS['failed step'](), { verbose: true })).out).toMatchInlineSnapshot(`
      "booting 3 daemons
        started storaged  PID 4000, main 127.0.0.1:3211
        ready storaged  120 ms
        started catalogd  PID 4001, main 127.0.0.1:3211
        ready catalogd  120 ms
        started queryd  PID 4002, main 127.0.0.1:3211
        ready queryd  120 ms
      up in 420 ms
      d1: d1 keeps its promise
        ok the answer is right  41 ms, 2 expectations
      PASS d1 1s
      d2: a re-ingested file is stored once
        ok the first ingest stores three rows  41 ms, 2 expectations
        not ok a query sees three rows, once the tick has passed  41 ms, 2 expectations
      FAIL d2 2s
        ✗ d2: step "a query sees three rows, once the tick has passed" failed: rows
      d3: d3 keeps its promise
        ok the answer is right  41 ms, 2 expectations
      PASS d3 1s
      stopping
      stopped in 300 ms

      FAIL d2  a re-ingested file is stored once
        ✗ d2: step "a query sees three rows, once the tick has passed" failed: rows
            request:  queryd POST http://127.0.0.1:3214/v1/sql
            expected: [{"n":3}]
            received: [{"n":2}]
            waited:   2.0 s, 81 attempts
            at:       smokes/d2.ts:14:7
        why it matters: a retry after a lost answer used to double the rows
        log of queryd:
          {"msg":"refreshed","tables":1}
          {"msg":"query","rows":2}
        rerun: smokechain run --stack stacks/dev.toml d2

      stack dev · boot 420 ms · 6 expectations in 3 steps · 3.0 s in all · logs/runs/20261120T100200Z-ab12cd
      PASS d1 1s
      FAIL d2 2s
      PASS d3 1s
      --- 2 PASS / 1 FAIL ---
      "
    `))
})

describe.each(Object.entries(SCENARIOS))('whatever happens (%s)', (_, make) => {
  it('the last line is the gate line, alone', async () => {
    const { out, err } = await report(make())
    expect(out.endsWith(`\n${renderGateLine(verdictOf(make().events))}\n`)).toBe(true)
    expect(err).toBe('')
  })
  it('colour changes no word', async () => {
    const plain = await report(make())
    const colored = await report(make(), { color: true })
    expect(colored.out).toContain('\u001b[')
    expect(colored.out.replace(/\u001b\[\d+m/g, '')).toBe(plain.out)
  })
  it('leaves standard output alone when it is told to stand aside', async () => {
    const { out, err } = await report(make(), { aside: true })
    expect(out).toBe('')
    expect(err).toBe((await report(make())).out)
  })
})
