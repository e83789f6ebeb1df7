import { describe, expect, it } from 'vitest'
import type { Failure } from '../kernel/failure.ts'
import { Script } from '../ledger/test-events.ts'
import { verdictOf } from '../ledger/verdict.ts'
import { causesOf, summarise } from './causes.ts'

const FAILURE: Failure = {
  tag: 'step-failed',
  smoke: 'd1',
  step: 'it adds',
  mismatches: [{ what: '$.n', expected: '1', received: '2' }],
}
const chain = () => new Script().start(['d1', 'd2']).boot('store')
const said = (script: Script): string => {
  const { text, tone } = summarise(verdictOf(script.events))
  return `${tone}: ${text}`
}

describe('the first line', () => {
  it.each<[string, Script]>([
    ['good: All 2 smokes passed', chain().smoke('d1').smoke('d2').stop().finish()],
    ['bad: 1 of 2 smokes failed', chain().smoke('d1', 'FAIL').smoke('d2').stop().finish()],
    [
      'bad: 1 of 2 smokes failed, 1 blocked',
      chain().smoke('d1', 'FAIL').smoke('d2', 'BLOCKED').stop().finish(),
    ],
    ['mixed: 1 passed, 1 skipped', chain().smoke('d1').smoke('d2', 'SKIP').stop().finish()],
    ['bad: Not finished: 1 of 2 smokes came to an end', chain().smoke('d1').begin('d2')],
    ['bad: Something was left behind', chain().smoke('d1').smoke('d2').leak('process 7').stop(1).finish()],
    ['bad: A daemon died', chain().smoke('d1').smoke('d2').died('store', null).stop().finish()],
    [
      'bad: The stack did not come up',
      new Script()
        .start(['d1'])
        .add({ type: 'boot.started', daemons: ['a'] })
        .add({ type: 'boot.finished', ok: false, ms: 3 })
        .stop()
        .finish(),
    ],
    [
      'bad: Interrupted by SIGINT',
      chain().smoke('d1').add({ type: 'interrupted', signal: 'SIGINT' }).stop().finish(),
    ],
    [
      'mixed: 1 of 2 smokes passed: not the whole chain',
      new Script().start(['d1', 'd2'], ['d1']).boot('store').smoke('d1').stop().finish(),
    ],
    ['bad: Nothing was run', new Script().start(['d1'], []).boot('store').stop().finish()],
    [
      'bad: The tool itself failed',
      chain()
        .smoke('d1')
        .smoke('d2')
        .add({ type: 'tool.fault', failure: { tag: 'tool-fault', message: 'x' } })
        .stop()
        .finish(),
    ],
  ])('%s', (line, script) => {
    expect(said(script)).toBe(line)
  })

  it('is never good of a run that is not green', () => {
    const green = verdictOf(chain().smoke('d1').smoke('d2').stop().finish().events)
    expect(summarise({ ...green, green: false, exitCode: 70 }).tone).toBe('bad')
    expect(summarise({ ...green, green: false }).tone).toBe('mixed')
  })
})

describe('the causes', () => {
  it('come before their consequences', () => {
    const script = chain().smoke('d1', 'FAIL', { failures: [FAILURE] })
    script.smoke('d2', 'BLOCKED', {
      failures: [{ tag: 'blocked', smoke: 'd2', daemons: ['store'], reason: 'store is dead' }],
    })
    script.died('store', null).leak('process 7').stop(1).finish()
    const causes = causesOf(verdictOf(script.events))
    expect(causes.map(({ where }) => where)).toEqual(['the stack', 'FAIL d1', 'BLOCKED d2', 'after the stop'])
    expect(causes[1]?.texts[0]?.headline).toContain('step "it adds" failed: $.n')
  })

  it('are none of a green run', () => {
    expect(causesOf(verdictOf(chain().smoke('d1').smoke('d2').stop().finish().events))).toEqual([])
  })
})
