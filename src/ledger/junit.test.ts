import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { SCENARIOS } from '../cli/render/test-scenarios.ts'
import { renderJunit } from './junit.ts'
import { Script } from './test-events.ts'
import { playHostile } from './test-hostile.ts'
import { verdictOf } from './verdict.ts'

const schemaOf = (name: string): string =>
  readFileSync(new URL(`./fixtures/junit-${name}.xsd`, import.meta.url), 'utf8')
const render = (script: Script): string => renderJunit(verdictOf(script.events))

/** The documents in canonical form, one after the other. Fails when one breaks a schema. */
async function validate(documents: readonly string[]): Promise<string> {
  const xml = documents.map((contents, i) => ({ fileName: `${i}.xml`, contents }))
  const [ant, jenkins] = await Promise.all(
    ['ant', 'jenkins'].map((name) =>
      validateXML({ xml, schema: schemaOf(name), normalization: 'c14n', maxMemoryPages: 16_384 }),
    ),
  )
  expect(ant?.errors).toEqual([])
  expect(jenkins?.errors).toEqual([])
  return ant?.normalized ?? ''
}

describe('junit.xml', () => {
  it('of every scenario is accepted by the strict schemas of Ant and of Jenkins', async () => {
    await validate(Object.values(SCENARIOS).map((play) => render(play())))
    await validate([
      render(new Script()),
      render(new Script().start([])),
      render(new Script().start(['d1'], [])),
    ])
  })

  it('of whatever strangers wrote is well formed, and keeps what XML can hold', async () => {
    const canonical = await validate([render(playHostile())])
    expect(canonical).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(canonical).toContain('high \ufffd low \ufffd whole \u{1f600}')
    expect(canonical).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/u)
  })

  it('the schemas can say no', async () => {
    const good = render(SCENARIOS.green())
    const bad: Readonly<Record<string, string>> = {
      'no time': good.replace(' time="5.400"', ''),
      'a zone': good.replace('10:02:00"', '10:02:00Z"'),
      'two outcomes': good.replace('time="5.400"/>', 'time="5.400"><skipped/><skipped/></testcase>'),
      'no system-err': good.replace('<system-err></system-err>', ''),
      'output in a test case': good.replace(
        'time="5.400"/>',
        'time="5.400"><system-out>x</system-out></testcase>',
      ),
    }
    for (const [what, xml] of Object.entries(bad)) {
      expect(xml, what).not.toBe(good)
      expect((await validateXML({ xml, schema: schemaOf('ant') })).valid, what).toBe(false)
    }
    const unknown = good.replace(' hostname=', ' host="x" hostname=')
    expect((await validateXML({ xml: unknown, schema: schemaOf('jenkins') })).valid).toBe(false)
  })

  it('reads like this', () => {
    expect(render(SCENARIOS['failed step']())).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
      <testsuite name="dev" package="dev" id="0" timestamp="2026-11-20T10:02:00" hostname="localhost" tests="3" failures="1" errors="0" skipped="0" time="3.000">
      <properties>
      <property name="run" value="20261120T100200Z-ab12cd"/>
      <property name="dir" value="logs/runs/20261120T100200Z-ab12cd"/>
      <property name="stack.file" value="stacks/dev.toml"/>
      <property name="tool.version" value="0.1.0"/>
      <property name="tool.node" value="24.21.0"/>
      <property name="tool.platform" value="linux x64"/>
      <property name="gateLine" value="--- 2 PASS / 1 FAIL ---"/>
      <property name="green" value="false"/>
      <property name="exitCode" value="1"/>
      <property name="complete" value="true"/>
      <property name="expectations" value="6"/>
      <property name="boot.ms" value="420"/>
      </properties>
      <testcase name="d1" classname="dev" time="1.234"/>
      <testcase name="d2" classname="dev" time="2.345">
      <failure type="step-failed" message="d2: step &quot;a query sees three rows, once the tick has passed&quot; failed: rows">a re-ingested file is stored once
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
      rerun: smokechain run --stack stacks/dev.toml d2</failure>
      </testcase>
      <testcase name="d3" classname="dev" time="1.234"/>
      <system-out>PASS d1 1s  d1 keeps its promise
        ok the answer is right  41 ms, 2 expectations
      FAIL d2 2s  a re-ingested file is stored once
        ok the first ingest stores three rows  41 ms, 2 expectations
        not ok a query sees three rows, once the tick has passed  41 ms, 2 expectations
        log of queryd:
          {"msg":"refreshed","tables":1}
          {"msg":"query","rows":2}
      PASS d3 1s  d3 keeps its promise
        ok the answer is right  41 ms, 2 expectations
      --- 2 PASS / 1 FAIL ---</system-out>
      <system-err></system-err>
      </testsuite>
      </testsuites>
      "
    `)
  })

  it('tells what is wrong with the run beside its smokes', () => {
    const script = new Script().start(['d1', 'd2', 'd3'])
    script.boot('queryd').smoke('d1').died('queryd', null, ['panic'])
    script.smoke('d2', 'SKIP', { reason: 'no network' }).begin('d3')
    script.add({ type: 'interrupted', signal: 'SIGTERM' }).leak('PID 7').leak('PID 8').stop(2)
    const cases = render(script.finish())
      .split('\n')
      .filter((line) => /^<(testsuite |testcase|error|skipped|failure)/.test(line))
    expect(cases).toMatchInlineSnapshot(`
      [
        "<testsuite name="dev" package="dev" id="0" timestamp="2026-11-20T10:02:00" hostname="localhost" tests="7" failures="0" errors="5" skipped="1" time="3.000">",
        "<testcase name="d1" classname="dev" time="1.234"/>",
        "<testcase name="d2" classname="dev" time="1.234">",
        "<skipped message="no network"/>",
        "<testcase name="d3" classname="dev" time="0.000">",
        "<error type="not run" message="d3: not run: the run was interrupted by SIGTERM">d3 keeps its promise",
        "<testcase name="run: interrupted" classname="dev" time="0.000">",
        "<error type="interrupted" message="the run was interrupted by SIGTERM">the run was interrupted by SIGTERM</error>",
        "<testcase name="run: daemon died" classname="dev" time="0.000">",
        "<error type="daemon died" message="queryd died after 4.2 s: it exited with code 1, and nobody had asked it to stop">queryd died after 4.2 s: it exited with code 1, and nobody had asked it to stop",
        "<testcase name="run: leak" classname="dev" time="0.000">",
        "<error type="leak" message="process left behind: PID 7, of queryd">process left behind: PID 7, of queryd",
        "<testcase name="run: leak 2" classname="dev" time="0.000">",
        "<error type="leak" message="process left behind: PID 8, of queryd">process left behind: PID 8, of queryd",
      ]
    `)
  })
})
