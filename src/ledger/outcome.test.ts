import { expect, it } from 'vitest'
import { listTroubles } from './outcome.ts'
import { Script } from './test-events.ts'
import { verdictOf } from './verdict.ts'

const troublesOf = (script: Script): string[] =>
  listTroubles(verdictOf(script.events)).map(({ kind, headline }) => `${kind}: ${headline}`)
const booting = (): Script =>
  new Script().start(['d1', 'd2']).add({ type: 'boot.started', daemons: ['queryd'] })

it('a boot that failed without a word, and one that was only interrupted', () => {
  expect(troublesOf(booting().stop().finish())).toEqual(['boot: the stack did not come up'])
  const interrupted = booting().add({ type: 'interrupted', signal: 'SIGINT' }).stop().finish()
  expect(troublesOf(interrupted)).toEqual(['interrupted: the run was interrupted by SIGINT'])
})

it('smokes that were forgotten, when nothing else is wrong', () => {
  const script = new Script().start(['d1', 'd2', 'd3']).boot('queryd').smoke('d1')
  expect(troublesOf(script.stop().finish())).toEqual(['not green: 2 smokes did not run: d2, d3'])
  const bailed = new Script().start(['d1', 'd2']).boot('queryd').smoke('d1', 'FAIL').stop().finish()
  expect(troublesOf(bailed)).toEqual([])
})

it('the cause stands before its consequences', () => {
  const script = booting().died('queryd', null).add({ type: 'boot.finished', ok: false, ms: 1 })
  script.add({ type: 'interrupted', signal: 'SIGTERM' }).leak('PID 7')
  script.add({ type: 'tool.fault', failure: { tag: 'tool-fault', message: 'bug' } })
  script.add({ type: 'evidence.lost', failure: { tag: 'evidence-lost', path: 'j', reason: 'ENOSPC' } })
  expect(listTroubles(verdictOf(script.stop(1).events)).map(({ kind }) => kind)).toEqual([
    ...['tool fault', 'evidence lost', 'boot', 'interrupted', 'unfinished', 'leak'],
  ])
})
