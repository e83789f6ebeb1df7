/** The report of real runs, in a real browser. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  createProject,
  daemon,
  type Finished,
  goodSmoke,
  listening,
  runTool,
  smokeOf,
  stackOf,
  startVerify,
  verify,
} from '../support/rig.ts'
import { seenText, takePicture, useBrowser } from './support/browser.ts'

const open = useBrowser()

async function reportOf({ project, dir = '' }: Finished, ...args: string[]): Promise<string> {
  const made = await runTool(project, ['report', dir, ...args])
  expect(made.stderr).toBe('')
  expect(made.code).toBe(0)
  return join(dir, 'report.html')
}

describe('a green run', () => {
  it('is shown with its ledger to the letter, its timeline, requests and logs, and asks for nothing', async () => {
    const project = createProject()
    const chatty = listening({ print: ['{"level":30,"msg":"the shop is open","till":7}'] })
    project.stack(
      stackOf(
        ['d1', 'd2'],
        daemon('web', { lines: ['max_rss = "512MiB"'] }),
        daemon('api', { lines: ['needs = ["web"]'], orders: chatty }),
      ),
    )
    project.smoke('d1', goodSmoke())
    project.smoke('d2', goodSmoke('api'))
    const run = await verify(project)
    expect(run.code).toBe(0)
    const { page, doings } = await open(await reportOf(run))

    expect(await seenText(page.locator('h1'))).toContain('All 2 smokes passed')
    const lines = await page.locator('.ledger tbody th').allInnerTexts()
    const gate = await seenText(page.locator('.ledger tfoot'))
    expect([...lines.map((line) => line.trim()), gate.trim(), ''].join('\n')).toBe(run.read('ledger.txt'))
    expect(await page.locator('#timeline svg').count()).toBe(3)
    expect(await seenText(page.locator('#timeline'))).toContain('web → api')

    expect(await takePicture(page, 'green')).toBeGreaterThan(20_000)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('#timeline').scrollIntoViewIfNeeded()
    expect(await takePicture(page, 'green-timeline-dark')).toBeGreaterThan(20_000)

    const wide = page.viewportSize()
    await page.setViewportSize({ width: 390, height: 800 })
    const claim = await page.locator('.ledger tbody td').first().boundingBox()
    expect(claim?.width).toBeGreaterThan(100)
    if (wide) await page.setViewportSize(wide)

    await page.locator('.smoke summary').first().click()
    await page.locator('.evidence summary').first().click()
    const step = await seenText(page.locator('.step').first())
    expect(step).toContain('GET /health')
    expect(step).toMatch(/status\s+200\s+200/)
    expect(await seenText(page.locator('#log-lines'))).toContain('the shop is open')
    expect(doings).toEqual({ complaints: [], dialogs: [], requests: [] })
  })
})

describe('a run that failed', () => {
  it('begins with the first cause, and leads from the step to the lines of its time', async () => {
    const project = createProject()
    project.stack(stackOf(['d1', 'd2'], daemon('web')))
    project.smoke(
      'd1',
      smokeOf(
        `    await step('it says ok', () => web.get('/health', { status: 200 }))
    await step('it says 7', () => web.get('/health', { json: { status: 'seven' } }))`,
        { title: 'the web says seven', why: 'eight would be too many' },
      ),
    )
    project.smoke('d2', goodSmoke())
    const run = await verify(project)
    expect(run.code).toBe(1)
    const { page, doings } = await open(await reportOf(run))

    expect(await seenText(page.locator('h1'))).toContain('1 of 2 smokes failed')
    const cause = await seenText(page.locator('.cause'))
    expect(cause).toContain('FAIL d1')
    expect(cause).toContain('step "it says 7" failed: $.status')
    expect(cause).toContain('expected: "seven"')
    expect(await seenText(page.locator('#failures'))).toContain('eight would be too many')
    expect(await takePicture(page, 'failed')).toBeGreaterThan(20_000)
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await takePicture(page, 'failed-dark')).toBeGreaterThan(20_000)
    // What failed is open already, what passed is not.
    const opened = await page
      .locator('.smoke')
      .evaluateAll((all) => all.map((one) => one.hasAttribute('open')))
    expect(opened).toEqual([true, false])
    const wrong = await seenText(page.locator('.step.not-ok .checks .not-ok'))
    expect(wrong).toMatch(/\$\.status\s+"seven"\s+"ok"/)

    await page.locator('.step.not-ok .logs-of').click()
    expect(await seenText(page.locator('#log-window'))).toContain('Logged during d1: it says 7')
    await page.locator('#log-window button').click()
    expect(await page.locator('#log-window').isHidden()).toBe(true)
    expect(doings).toEqual({ complaints: [], dialogs: [], requests: [] })
  })

  it('is compared with the run before it', async () => {
    const project = createProject()
    project.stack(stackOf(['d1'], daemon('web')))
    project.smoke('d1', goodSmoke())
    const before = await verify(project)
    project.smoke('d1', smokeOf(`    await step('no', () => web.get('/health', { status: 500 }))`))
    expect((await verify(project)).code).toBe(1)
    const made = await runTool(project, ['report', '--output', 'page.html'])
    expect(made.stdout).toBe('page.html\n')
    const { page } = await open(join(project.root, 'page.html'))
    const text = await seenText(page.locator('#comparison'))
    expect(text).toContain(String(before.run))
    expect(text).toMatch(/d1\s+PASS .*\s+FAIL /)
  })

  it('whose stack did not come up says so first', async () => {
    const project = createProject()
    project.stack(
      stackOf(['d1'], daemon('web', { orders: { exit: 3 } }), daemon('api', { lines: ['needs = ["web"]'] })),
    )
    project.smoke('d1', goodSmoke('api'))
    const run = await verify(project)
    expect(run.code).toBe(3)
    const { page, doings } = await open(await reportOf(run))
    expect(await seenText(page.locator('h1'))).toContain('The stack did not come up')
    expect(await seenText(page.locator('.cause'))).toMatch(
      /web exited with code 3, [\d.]+ m?s after it was started, before it was ready/,
    )
    expect(await page.locator('#timeline').innerHTML()).toContain('not started · the boot had ended')
    expect(doings.complaints).toEqual([])
  })
})

describe('a run that was killed', () => {
  it('has a page, which says so', async () => {
    const project = createProject()
    project.stack(stackOf(['d1', 'd2'], daemon('web')))
    project.smoke('d1', goodSmoke())
    project.smoke(
      'd2',
      smokeOf(`    await step('it waits', () => within('60s', () => false))`, { uses: ['within'] }),
    )
    const tool = startVerify(project)
    await tool.event('step.started', (event) => event.smoke === 'd2')
    tool.child.kill('SIGKILL')
    const run = await tool.finished
    const { page, doings } = await open(await reportOf(run))
    expect(await seenText(page.locator('h1'))).toContain('Not finished: 1 of 2 smokes came to an end')
    expect(await seenText(page.locator('.notes'))).toContain('did not come to its end')
    expect(await seenText(page.locator('.ledger'))).toContain('NOT RUN d2 0s')
    await page.locator('.smoke summary').last().click()
    expect(await seenText(page.locator('.step').last())).toContain('did not end')
    expect(await seenText(page.locator('.ledger tfoot'))).toContain('UNFINISHED')
    expect(doings.complaints).toEqual([])
  })
})

it('is one file, small enough to be sent', async () => {
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web')))
  project.smoke('d1', goodSmoke())
  const file = await reportOf(await verify(project))
  const text = readFileSync(file, 'utf8')
  expect(text.length).toBeLessThan(200_000)
  expect(text).not.toMatch(/(?:src|href)="(?!#)/)
})
