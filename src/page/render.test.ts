import { createHash } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Script } from '../ledger/test-events.ts'
import { verdictOf } from '../ledger/verdict.ts'
import { renderReport, writeReport } from './report.ts'

function writeRun(script: Script, torn = ''): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'render-')))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const lines = script.events.map((event) => `${JSON.stringify(event)}\n`).join('')
  writeFileSync(join(dir, 'journal.jsonl'), `${lines}${torn}`)
  return dir
}

function smallRun(): Script {
  const script = new Script().start(['d1', 'd2']).boot('query')
  const [sockets, limits] = [[], { maxRssBytes: 1e8, maxFds: 40 }] as const
  script.add({
    type: 'daemon.spawned',
    daemon: 'store',
    incarnation: 1,
    pid: 7,
    sockets,
    needs: ['query'],
    limits,
  })
  script.begin('d1', 'what is stored is read back')
  script.add({ type: 'step.started', smoke: 'd1', step: 'it is stored', index: 0 })
  script.add(
    {
      type: 'step.finished',
      ...{ smoke: 'd1', step: 'it is stored', index: 0, ok: true, ms: 12, expectations: 2 },
      requests: [
        {
          daemon: 'store',
          method: 'PUT',
          path: '/v1/a',
          sent: 'hello',
          status: 201,
          ms: 11,
          bytes: 10,
          answer: '{"size":5}',
          attempts: 3,
        },
      ],
      checks: [
        { what: 'status', ok: true, expected: '201', received: '201', request: 0 },
        { what: 'the size', ok: true, expected: '5', received: '5' },
      ],
      omitted: { requests: 1, checks: 2 },
    },
    12,
  )
  const used = { cpuSeconds: 0.25, peakRssBytes: 6e7, threads: 11, fds: 30, loggedBytes: 400 }
  script.end('d1', 'PASS', {
    title: 'what is stored is read back',
    why: 'everything stands on it',
    slow: { ms: 1_234, limitMs: 900, medianMs: 500, madMs: 20, samples: 12 },
    resources: { own: used, daemons: { store: used, query: {} } },
  })
  script.add({
    type: 'daemon.sampled',
    ...{ daemon: 'store', cpuPercent: 12, rssBytes: 5e7, processes: 1, resources: used },
  })
  return script.smoke('d2', 'SKIP', { reason: 'no network here' }).stop().finish()
}

/** Elements with their text, without pictures, style, script and figures that are not of interest here. */
function structureOf(page: string): string {
  return page
    .replace(/<(svg|style|script)[^>]*>[\s\S]*?<\/\1>/g, '<$1/>')
    .replace(/sha256-[A-Za-z0-9+/=]+/g, 'sha256-<hash>')
    .replace(/\/[^ <"]*\/(render-[A-Za-z0-9]+)/g, '<run>')
    .replace(/^\s*\n/gm, '')
}

describe('the page', () => {
  it('of a small run', async () => {
    const script = smallRun()
    const page = await renderReport(writeRun(script), verdictOf(script.events))
    expect(structureOf(page)).toMatchSnapshot()
  })

  it('allows its own style and script and nothing else', async () => {
    const script = smallRun()
    const page = await renderReport(writeRun(script), verdictOf(script.events))
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
    const hashOf = (pattern: RegExp): string =>
      `&#39;sha256-${createHash('sha256')
        .update(pattern.exec(page)?.[1] ?? '')
        .digest('base64')}&#39;`
    expect(policy.split('; ')).toEqual([
      'default-src &#39;none&#39;',
      `style-src ${hashOf(/<style>([\s\S]*?)<\/style>/)}`,
      `script-src ${hashOf(/<script>([\s\S]*?)<\/script>/)}`,
      'base-uri &#39;none&#39;',
      'form-action &#39;none&#39;',
    ])
    expect(page).not.toMatch(/\sstyle="|\son\w+="/)
  })

  it('tells the verdict that it is given', async () => {
    const script = smallRun()
    const verdict = verdictOf([
      ...script.events,
      { type: 'evidence.lost', failure: { tag: 'evidence-lost', path: '/x', reason: 'full' }, atMs: 9_000 },
    ])
    expect(await renderReport(writeRun(script), verdict)).toContain('/ EVIDENCE LOST ---')
  })

  it('is written whole, says when the journal was cut short, and is not written over a run that is none', async () => {
    const dir = writeRun(new Script().start(['d1']).boot('store').begin('d1'), '{"type":"smoke.fin')
    const file = await writeReport({ dir })
    expect(file).toBe(join(dir, 'report.html'))
    const page = await renderReport(dir, verdictOf(new Script().start(['d1']).events))
    expect(page).toContain('The last line of its journal was cut short.')
    await expect(writeReport({ dir: join(dir, 'none') })).rejects.toThrow('ENOENT')
    writeFileSync(join(dir, 'journal.jsonl'), 'no json\n')
    await expect(writeReport({ dir })).rejects.toThrow('journal.jsonl:1: not a line of JSON')
  })

  it('stays small when a smoke says megabytes of itself', async () => {
    const long = 'very '.repeat(200_000)
    const script = new Script().start(['d1']).boot('store').begin('d1', long)
    script.step('d1', long).end('d1', 'SKIP', { title: long, why: long, reason: long })
    for (let i = 0; i < 100; i += 1) script.add({ type: 'warning', message: long })
    const page = await renderReport(writeRun(script), verdictOf(script.stop().finish().events))
    expect(page.length).toBeLessThan(100_000)
    expect(page).toContain('70 more warnings are in ledger.json.')
  })

  it('of a run that never began anything is a page too', async () => {
    const page = await renderReport(writeRun(new Script()), verdictOf([]))
    expect(page).toContain('<h1>')
    expect(page).toContain('NOTHING SELECTED')
  })
})
