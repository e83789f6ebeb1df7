import { describe, expect, it } from 'vitest'
import { SCENARIOS } from '../cli/render/test-scenarios.ts'
import { renderMarkdown, SUMMARY_LIMIT } from './markdown.ts'
import { Script } from './test-events.ts'
import { HOSTILE, playHostile } from './test-hostile.ts'
import { verdictOf } from './verdict.ts'

const render = (script: Script, limit?: number): string => renderMarkdown(verdictOf(script.events), limit)
const rowsOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('| '))

describe('the summary in Markdown', () => {
  it('tells what failed, then the ledger', () => {
    expect(render(SCENARIOS['failed step']())).toMatchInlineSnapshot(`
      "## dev: failed

      **--- 2 PASS / 1 FAIL ---**

      boot 420 ms · 6 expectations in 3 steps · 3.0 s in all · exit code 1 · run 20261120T100200Z-ab12cd

      ### FAIL d2: a re-ingested file is stored once

      \`\`\`text
      d2: step "a query sees three rows, once the tick has passed" failed: rows
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
      \`\`\`

      | | smoke | time | steps | expectations | claim |
      |---|---|--:|--:|--:|---|
      | PASS | d1 | 1 s | 1 | 2 | d1 keeps its promise |
      | **FAIL** | d2 | 2 s | 1 | 2 | a re-ingested file is stored once |
      | PASS | d3 | 1 s | 1 | 2 | d3 keeps its promise |
      "
    `)
  })

  it('tells what is wrong with the run first, and what limits it', () => {
    expect(render(SCENARIOS['bind taken']()).split('### BLOCKED')[0]).toMatchInlineSnapshot(`
      "## dev: failed

      **--- 0 PASS / 0 FAIL / 3 BLOCKED / BOOT FAILED ---**

      boot 12 ms · 0 expectations in 0 steps · 3.0 s in all · exit code 3 · run 20261120T100200Z-ab12cd

      ### boot: storaged cannot bind 127.0.0.1:3211: held by PID 4242 \\(node server.js\\), since 2026-11-20 10:02 UTC

      \`\`\`text
      next: stop that process, or change "bind" of storaged
      \`\`\`

      "
    `)
    expect(render(SCENARIOS['a part, with a skip and a warning']())).toMatchInlineSnapshot(`
      "## dev: passed

      **--- 1 PASS / 0 FAIL / 1 SKIP ---**

      boot 420 ms · 4 expectations in 2 steps · 3.0 s in all · exit code 0 · run 20261120T100200Z-ab12cd

      > 2 of 3 smokes selected: not the whole chain, so the gate does not count it

      > warning: clock stepped back by 3 s

      | | smoke | time | steps | expectations | claim |
      |---|---|--:|--:|--:|---|
      | PASS | d1 | 1 s | 1 | 2 | d1 keeps its promise |
      | **SKIP** | d3 | 1 s | 1 | 2 | d3 keeps its promise: no network |
      "
    `)
  })

  it('lets no text of a stranger break the table, a fence or a heading', () => {
    const text = render(playHostile())
    const smokes = Object.keys(HOSTILE).length
    const outside: string[] = []
    let fence: string | undefined
    for (const line of text.split('\n')) {
      const mark = /^ {0,3}(`{3,})/.exec(line)?.[1]
      if (fence === undefined && mark !== undefined) fence = mark
      else if (fence !== undefined && mark?.startsWith(fence) && mark === line.trim()) fence = undefined
      else if (fence === undefined) outside.push(line)
    }
    expect(fence).toBeUndefined()
    const rows = rowsOf(outside.join('\n'))
    expect(rows).toHaveLength(smokes + 3)
    for (const row of rows) expect(row.replaceAll(/\\./g, '').split('|'), row).toHaveLength(8)
    expect(outside.filter((line) => line.startsWith('### '))).toHaveLength(smokes * 2 + 1)
    expect(outside.join('\n')).not.toMatch(/<script|<img|[\u0000-\u0008\u000b-\u001f]/)
    expect(text.isWellFormed()).toBe(true)
  })

  it('keeps to the limit of GitHub, whatever there is to tell, and says what it leaves out', () => {
    const chain = Array.from({ length: 3_000 }, (_, i) => `smoke-${i}`)
    const script = new Script().start(chain)
    const log = Array.from({ length: 50 }, () => '\u{1f600}'.repeat(150))
    for (const [i, smoke] of chain.entries()) {
      script.smoke(smoke, i % 2 === 0 ? 'PASS' : 'FAIL', { logs: { queryd: log } })
    }
    script.stop().finish()
    const text = render(script)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SUMMARY_LIMIT)
    expect(text).toMatch(/\nand \d+ more failures that did not fit here\n/)
    expect(rowsOf(text).length).toBeGreaterThan(2_000)
    const short = render(script, 4_096)
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(4_096)
    expect(short).toMatch(/\nand \d+ more smokes that did not fit here\n/)
    expect(short).toContain('1500 PASS / 1500 FAIL')
  })
})
