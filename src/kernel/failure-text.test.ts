import { describe, expect, it } from 'vitest'
import type { Failure, FailureOf } from './failure.ts'
import { renderFailure } from './failure-text.ts'

const show = (failure: Failure): string => {
  const { headline, detail } = renderFailure(failure)
  return [headline, ...detail.map((line) => `    ${line}`)].join('\n')
}

const holder = {
  pid: 4242,
  command: 'node server.js',
  since: '2026-11-20T10:02:33.000Z',
  address: '127.0.0.1:3211',
}
const probes = [
  { atMs: 6, kind: 'tcp', ok: false, saw: 'connection refused' },
  { atMs: 410, kind: 'http', ok: false, saw: '503' },
  { atMs: 900, kind: 'tcp', ok: true, saw: 'connected' },
]
const log = ['starting', 'cannot open /data']
const spawn = (reason: FailureOf<'spawn-failed'>['reason'], detail = ''): Failure => ({
  tag: 'spawn-failed',
  daemon: 'queryd',
  command: ['quaryd', '--port', '3214'],
  cwd: '/srv/platform',
  reason,
  detail,
})
const broken = (how: FailureOf<'smoke-broken'>['how'], detail = ''): Failure => ({
  tag: 'smoke-broken',
  smoke: 'd5',
  how,
  detail,
})

/** Every variant, each in the forms that read differently. */
const FAILURES = {
  'bind-taken': [
    { tag: 'bind-taken', daemon: 'storaged', address: '127.0.0.1:3211', holders: [holder] },
    {
      tag: 'bind-taken',
      daemon: 'storaged',
      address: '127.0.0.1:3211',
      holders: [{ pid: 7, command: 'nginx', address: '0.0.0.0:3211' }, holder],
    },
    { tag: 'bind-taken', daemon: 'storaged', address: '127.0.0.1:3211', holders: [] },
  ],
  'no-free-port': [{ tag: 'no-free-port', daemon: 'queryd', range: '20000-20099' }],
  'spawn-failed': [
    spawn('not-found', 'spawn quaryd ENOENT'),
    spawn('not-executable'),
    spawn('bad-directory'),
    spawn('other', 'E2BIG'),
  ],
  'exited-before-ready': [
    { tag: 'exited-before-ready', daemon: 'queryd', code: 1, signal: null, afterMs: 34, log },
    { tag: 'exited-before-ready', daemon: 'queryd', code: null, signal: 'SIGSEGV', afterMs: 1_540, log: [] },
  ],
  'not-ready': [
    {
      tag: 'not-ready',
      daemon: 'queryd',
      timeoutMs: 15_000,
      lacking: ['nothing listens on 127.0.0.1:3214', 'GET /health: no answer'],
      probes,
      log,
    },
    { tag: 'not-ready', daemon: 'queryd', timeoutMs: 15_000, lacking: [], probes: [], log: [] },
  ],
  'foreign-listener': [
    { tag: 'foreign-listener', daemon: 'storaged', address: '127.0.0.1:3211', holders: [holder] },
  ],
  exposed: [{ tag: 'exposed', daemon: 'storaged', addresses: ['0.0.0.0:3211', '[::]:3211'] }],
  'needs-failed': [{ tag: 'needs-failed', daemon: 'gateway', needs: ['storaged', 'queryd'] }],
  died: [
    { tag: 'died', daemon: 'queryd', code: 0, signal: null, upMs: 4_200, log },
    { tag: 'died', daemon: 'queryd', code: null, signal: null, upMs: 4_200, log: ['one'] },
  ],
  'limit-exceeded': [
    {
      tag: 'limit-exceeded',
      daemon: 'queryd',
      limit: 'max_rss',
      allowedBytes: 512 * 2 ** 20,
      seenBytes: 600 * 2 ** 20,
    },
    { tag: 'limit-exceeded', daemon: 'queryd', limit: 'max_fds', allowed: 256, seen: 301, upMs: 4_210 },
    {
      tag: 'limit-exceeded',
      daemon: 'queryd',
      limit: 'max_cpu',
      smoke: 'd2',
      allowedMs: 20_000,
      seenMs: 20_010,
    },
  ],
  'not-alive': [{ tag: 'not-alive', daemon: 'queryd', probes: probes.slice(0, 2) }],
  'step-failed': [
    {
      tag: 'step-failed',
      smoke: 'd5',
      step: 'a query sees three rows',
      mismatches: [
        { what: 'status', expected: '200', received: '400' },
        { what: 'body', expected: '{\n  "n": 3\n}', received: '{}' },
      ],
      request: { daemon: 'queryd', method: 'POST', url: 'http://127.0.0.1:3214/v1/sql' },
      location: { file: 'smokes/d5.ts', line: 12, column: 3 },
      waited: { ms: 2_000, attempts: 1 },
    },
    { tag: 'step-failed', smoke: 'd5', step: 'nothing is known', mismatches: [] },
  ],
  'smoke-broken': [
    broken('load', 'no default export'),
    {
      tag: 'smoke-broken',
      smoke: 'd5',
      how: 'threw',
      detail: 'TypeError: x is undefined',
      step: 'a query',
      stack: 'TypeError: x is undefined\n    at d5.ts:3:1',
      location: { file: 'smokes/d5.ts', line: 3, column: 1 },
    },
    broken('rejected', 'Error: late'),
    broken('exited', 'code 3'),
    broken('over-budget', '10 s'),
    broken('proved-nothing'),
    broken('not-awaited', 'step "a query"'),
    broken('left-running', '1 timer'),
    broken('left-process', 'PID 7 (sleep 60)'),
    broken('left-stopped', 'queryd'),
  ],
  'command-failed': [
    {
      tag: 'command-failed',
      smoke: 'legacy',
      code: 1,
      signal: null,
      output: ['1..2', 'not ok 2 - reads'],
      failedPoints: ['not ok 2 - reads'],
    },
    { tag: 'command-failed', smoke: 'legacy', code: null, signal: 'SIGKILL', output: [], failedPoints: [] },
  ],
  blocked: [{ tag: 'blocked', smoke: 'd5', daemons: ['queryd'], reason: 'queryd died while d4 ran' }],
  slow: [
    {
      tag: 'slow',
      smoke: 'd5',
      slowness: { ms: 5_230, limitMs: 3_150, medianMs: 2_100, madMs: 90, samples: 20 },
    },
  ],
  leak: [
    { tag: 'leak', kind: 'process', what: 'PID 7 (sleep 60)', owner: 'queryd' },
    { tag: 'leak', kind: 'process', what: 'PID 7 (sleep 60), found by its hold', owner: 'd', ended: true },
    { tag: 'leak', kind: 'port', what: '127.0.0.1:3214 still listens', owner: 'queryd' },
    { tag: 'leak', kind: 'lease', what: 'port 20001 is still leased' },
    { tag: 'leak', kind: 'folder', what: '/tmp/run-1: EBUSY' },
  ],
  'evidence-lost': [
    { tag: 'evidence-lost', path: 'journal.jsonl', reason: 'ENOSPC: no space left on device' },
  ],
  'tool-fault': [
    { tag: 'tool-fault', message: 'boom', stack: 'Error: boom\n    at run.ts:1:1' },
    { tag: 'tool-fault', message: 'boom' },
  ],
} satisfies { readonly [Tag in Failure['tag']]: readonly FailureOf<Tag>[] | readonly Failure[] }

describe('in words', () => {
  it('bind-taken', () =>
    expect(FAILURES['bind-taken'].map(show).join('\n')).toMatchInlineSnapshot(`
    "storaged cannot bind 127.0.0.1:3211: held by PID 4242 (node server.js), since 2026-11-20 10:02 UTC
        next: stop that process, or change "bind" of storaged
    storaged cannot bind 127.0.0.1:3211: held by PID 7 (nginx), and 1 other
        also PID 4242 (node server.js), since 2026-11-20 10:02 UTC on 127.0.0.1:3211
        next: stop that process, or change "bind" of storaged
    storaged cannot bind 127.0.0.1:3211: held by a process that the system does not name (of another user?)
        next: stop that process, or change "bind" of storaged"
  `))
  it('no-free-port', () =>
    expect(FAILURES['no-free-port'].map(show).join('\n')).toMatchInlineSnapshot(`
    "queryd got no port: none is free in 20000-20099
        next: see what holds them with: ss -ltn (Linux) or lsof -iTCP -sTCP:LISTEN (macOS)"
  `))
  it('spawn-failed', () =>
    expect(FAILURES['spawn-failed'].map(show).join('\n')).toMatchInlineSnapshot(`
    "queryd could not be started: command not found: quaryd
        command: quaryd --port 3214
        in: /srv/platform
        spawn quaryd ENOENT
        next: install quaryd, or correct "command" of queryd; a relative path counts from its working directory
    queryd could not be started: quaryd is not executable
        command: quaryd --port 3214
        in: /srv/platform
        next: chmod +x quaryd, or name its interpreter first in "command" of queryd
    queryd could not be started: its working directory /srv/platform does not exist or cannot be entered
        command: quaryd --port 3214
        in: /srv/platform
        next: create that directory, or correct "cwd" of queryd
    queryd could not be started: the system refused: E2BIG
        command: quaryd --port 3214
        in: /srv/platform
        next: run the command by hand in /srv/platform"
  `))
  it('exited-before-ready', () =>
    expect(FAILURES['exited-before-ready'].map(show).join('\n')).toMatchInlineSnapshot(`
      "queryd exited with code 1, 34 ms after it was started, before it was ready
          last 2 lines of queryd's log:
            starting
            cannot open /data
          next: mend what its log says, or correct "command" of queryd
      queryd was ended by SIGSEGV, 1.5 s after it was started, before it was ready
          queryd wrote nothing to its log
          next: mend what its log says, or correct "command" of queryd"
    `))
  it('slow', () =>
    expect(FAILURES.slow.map(show).join('\n')).toMatchInlineSnapshot(`
      "d5 passed but was slow: 5.2 s; usually 2.1 s, and over 3.1 s is slow (median of 20 runs)
          next: find what became slower; if it is meant to do more now, the limit rises as such runs go on"
    `))
  it('not-ready', () =>
    expect(FAILURES['not-ready'].map(show).join('\n')).toMatchInlineSnapshot(`
    "queryd was not ready within 15.0 s: nothing listens on 127.0.0.1:3214
        also lacking: GET /health: no answer
        probes, since it was started:
          +0.01 s tcp: connection refused
          +0.41 s http: 503
          +0.90 s tcp: ok, connected
        last 2 lines of queryd's log:
          starting
          cannot open /data
        next: see why in its log; if it is only slow, raise "ready_timeout" of queryd
    queryd was not ready within 15.0 s: no reason is known
        it was never probed
        queryd wrote nothing to its log
        next: see why in its log; if it is only slow, raise "ready_timeout" of queryd"
  `))
  it('foreign-listener', () =>
    expect(FAILURES['foreign-listener'].map(show).join('\n')).toMatchInlineSnapshot(`
      "127.0.0.1:3211 is not answered by storaged but by another process: PID 4242 (node server.js), since 2026-11-20 10:02 UTC
          next: stop that process, or change "bind" of storaged"
    `))
  it('exposed', () =>
    expect(FAILURES['exposed'].map(show).join('\n')).toMatchInlineSnapshot(`
    "storaged listens on 0.0.0.0:3211, [::]:3211, where other machines can reach it
        next: make it bind 127.0.0.1, or allow this with "expose = true" of storaged"
  `))
  it('needs-failed', () =>
    expect(FAILURES['needs-failed'].map(show).join('\n')).toMatchInlineSnapshot(`
    "gateway was not started: it needs storaged, queryd, which did not come up
        next: mend storaged, queryd first"
  `))
  it('died', () =>
    expect(FAILURES['died'].map(show).join('\n')).toMatchInlineSnapshot(`
      "queryd died after 4.2 s: it exited with code 0, and nobody had asked it to stop
          last 2 lines of queryd's log:
            starting
            cannot open /data
          next: mend what its log says; a daemon runs until it gets SIGTERM
      queryd died after 4.2 s: it ended in a way that the system does not tell, and nobody had asked it to stop
          last line of queryd's log:
            one
          next: mend what its log says; a daemon runs until it gets SIGTERM"
    `))
  it('limit-exceeded', () =>
    expect(FAILURES['limit-exceeded'].map(show).join('\n')).toMatchInlineSnapshot(`
      "queryd uses 600.0 MiB of memory with its children; "max_rss" allows 512.0 MiB
          next: find what holds the memory, or raise "max_rss" of queryd
      queryd has 301 files open with its children, sockets and pipes included; "max_fds" allows 256
          seen 4.2 s after it was started
          next: find what is never closed, or raise "max_fds" of queryd
      queryd used 20.01 s of CPU time with its children while d2 ran; "max_cpu" allows 20.00 s
          next: find what it computes, or raise "max_cpu" of queryd"
    `))
  it('not-alive', () =>
    expect(FAILURES['not-alive'].map(show).join('\n')).toMatchInlineSnapshot(`
    "queryd is running but no longer alive: 503
        probes, since it was started:
          +0.01 s tcp: connection refused
          +0.41 s http: 503
        next: see its log; "alive" of queryd says what is asked"
  `))
  it('step-failed', () =>
    expect(FAILURES['step-failed'].map(show).join('\n')).toMatchInlineSnapshot(`
    "d5: step "a query sees three rows" failed: status
        request:  queryd POST http://127.0.0.1:3214/v1/sql
        expected: 200
        received: 400
        also: body
        expected: {
                    "n": 3
                  }
        received: {}
        waited:   2.0 s, 1 attempt
        at:       smokes/d5.ts:12:3
    d5: step "nothing is known" failed: no expectation is named"
  `))
  it('smoke-broken', () =>
    expect(FAILURES['smoke-broken'].map(show).join('\n')).toMatchInlineSnapshot(`
    "d5: its file could not be loaded: no default export
        next: the file must import cleanly and have smoke({...}) as its default export
    d5: it threw in step "a query": TypeError: x is undefined
        at: smokes/d5.ts:3:1
        TypeError: x is undefined
            at d5.ts:3:1
        next: mend the smoke, or make what it tripped over an expectation
    d5: a promise that nobody awaited was rejected: Error: late
        next: await every call inside its step
    d5: its process ended in the middle: code 3
        next: a smoke must not call process.exit; a native crash is named above
    d5: it used up its budget: 10 s
        next: see which step waits; raise "budget" only if the work is really that long
    d5: it proved nothing
        next: give every step an expectation beside its request
    d5: a step was not awaited: step "a query"
        next: write: await step(...)
    d5: it left timers or sockets running: 1 timer
        next: clear timers and close what the smoke opened
    d5: it left a process behind: PID 7 (sleep 60)
        next: end every process that the smoke starts
    d5: it stopped a daemon and did not start it again: queryd
        next: start the daemon again before the smoke ends"
  `))
  it('command-failed', () =>
    expect(FAILURES['command-failed'].map(show).join('\n')).toMatchInlineSnapshot(`
    "legacy: its command exited with code 1, 1 point not ok
        not ok 2 - reads
        last of its output:
          1..2
          not ok 2 - reads
    legacy: its command was ended by SIGKILL
        it printed nothing"
  `))
  it('blocked', () =>
    expect(FAILURES['blocked'].map(show).join('\n')).toMatchInlineSnapshot(`
    "d5 could not run: queryd died while d4 ran
        next: mend queryd first"
  `))
  it('leak', () =>
    expect(FAILURES['leak'].map(show).join('\n')).toMatchInlineSnapshot(`
      "process left behind: PID 7 (sleep 60), of queryd
          next: end that process; the daemon must end its children when it gets SIGTERM
      process left behind, now ended: PID 7 (sleep 60), found by its hold, of d
          next: the daemon must end its children when it gets SIGTERM; this one had left its parent, session and environment
      port left behind: 127.0.0.1:3214 still listens, of queryd
          next: find its holder with: ss -ltnp (Linux) or lsof -iTCP -sTCP:LISTEN (macOS)
      port lease left behind: port 20001 is still leased
          next: delete the lease file; if it comes back at every run, report it as a fault of this tool
      temporary folder left behind: /tmp/run-1: EBUSY
          next: delete that folder, after a look at what still writes to it"
    `))
  it('evidence-lost', () =>
    expect(FAILURES['evidence-lost'].map(show).join('\n')).toMatchInlineSnapshot(`
    "evidence is lost: journal.jsonl could not be written: ENOSPC: no space left on device
        next: make room or mend the disk, then run again; this run proves nothing"
  `))
  it('tool-fault', () =>
    expect(FAILURES['tool-fault'].map(show).join('\n')).toMatchInlineSnapshot(`
    "fault of this tool: boom
        Error: boom
            at run.ts:1:1
        next: this is a bug; report it with journal.jsonl of this run
    fault of this tool: boom
        next: this is a bug; report it with journal.jsonl of this run"
  `))
})

describe('text of strangers', () => {
  const evil = '\u001b[31mred\u001b[0m\u0007\u202e\nsecond line'
  const replaceTexts = (value: unknown, text: string): unknown => {
    if (typeof value === 'string') return text
    if (Array.isArray(value)) return value.map((item) => replaceTexts(item, text))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) =>
        ['tag', 'how', 'kind', 'reason', 'limit', 'daemon', 'smoke', 'file', 'address', 'method'].includes(
          key,
        )
          ? [key, inner]
          : [key, replaceTexts(inner, text)],
      ),
    )
  }
  it.each(Object.values(FAILURES).flat())('cannot drive the terminal, nor flood it ($tag)', (failure) => {
    for (const text of [evil, 'x'.repeat(1_000_000), '']) {
      const { headline, detail } = renderFailure(replaceTexts(failure, text) as Failure)
      for (const line of [headline, ...detail])
        expect(line).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202e]/)
      expect(`${headline}${detail.join('\n')}`.length).toBeLessThan(30_000)
    }
  })
  it('shows at most so many lines of a log, probes and mismatches, the last ones, and says what it left out', () => {
    const many = Array.from({ length: 100 }, (_, i) => `line ${i}`)
    expect(show({ tag: 'died', daemon: 'q', code: 1, signal: null, upMs: 1, log: many })).toMatch(/line 99/)
    expect(show({ tag: 'died', daemon: 'q', code: 1, signal: null, upMs: 1, log: many })).not.toMatch(
      /line 87\b/,
    )
    const answers = many.map((saw, i) => ({ atMs: i, kind: 'http', ok: false, saw }))
    expect(show({ tag: 'not-alive', daemon: 'q', probes: answers })).toMatch(/last 5 of 100 probes/)
    const mismatches = many.map((what) => ({ what, expected: '1', received: '2' }))
    expect(show({ tag: 'step-failed', smoke: 's', step: 't', mismatches })).toMatch(
      /and 95 more expectations that did not hold/,
    )
  })
})
