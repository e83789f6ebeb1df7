/** A page made of what daemons and smokes wrote who want it to run something. Nothing may. */
import { expect, it } from 'vitest'
import type { Failure } from '../../src/kernel/failure.ts'
import { Script } from '../../src/ledger/test-events.ts'
import { seenText, takePicture, useBrowser } from './support/browser.ts'
import { reportOn } from './support/runs.ts'

const open = useBrowser()

const EVIL = [
  `<script>alert('script')</script>`,
  `</script><script>alert('after the end')</script>`,
  `<img src=x onerror="alert('image')">`,
  `<svg onload=alert('svg')></svg>`,
  `"><iframe src="javascript:alert('frame')"></iframe>`,
  `' onmouseover='alert(1)' x='`,
  `<!--<script>`,
  `</style><style>body{display:none}</style>`,
  `</title></textarea></noscript></details><h1>All 21 smokes passed</h1>`,
  `<a href="javascript:alert('link')">here</a>`,
  `<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">`,
  `<base href="http://127.0.0.1:9/">`,
  `<link rel=stylesheet href=http://127.0.0.1:9/x.css>`,
  '\u001b[2J\u001b]0;title\u0007\u001b[31mred\u001b[0m',
  '\u0000\u0007\u0008\u007f\u009b31m',
  '\u202egnp.exe',
  'line\u2028separator\u2029here',
  `{{constructor.constructor("alert(1)")()}} $\{alert(1)}`,
  '{"level":"<img src=x onerror=alert(2)>","msg":"</script><script>alert(3)</script>","__proto__":{"x":1}}',
].join(' ')

function hostileRun(): Script {
  const smoke = `d1${EVIL}`
  const daemon = `web${EVIL}`
  const mismatch = { what: EVIL, expected: EVIL, received: EVIL }
  const failure: Failure = {
    tag: 'step-failed',
    smoke,
    step: EVIL,
    mismatches: [mismatch],
    request: { daemon, method: EVIL, url: EVIL },
  }
  const script = new Script().start([smoke, 'd2'])
  script.add({ type: 'warning', message: EVIL })
  script.boot(daemon, 'store')
  script.begin(smoke, EVIL)
  script.add({ type: 'step.started', smoke, step: EVIL, index: 0 })
  script.add({
    type: 'step.finished',
    ...{ smoke, step: EVIL, index: 0, ok: false, ms: 3, expectations: 1, failure },
    requests: [{ daemon, method: EVIL, path: EVIL, sent: EVIL, fault: EVIL, ms: 1, bytes: 0, answer: EVIL }],
    checks: [
      { ...mismatch, ok: false, request: 0 },
      { ...mismatch, ok: true },
    ],
  })
  script.add({ type: 'daemon.sampled', daemon, cpuPercent: 5, rssBytes: 1e8, processes: 1 })
  script.end(smoke, 'FAIL', { title: EVIL, why: EVIL, reason: EVIL, logs: { [daemon]: [EVIL, EVIL] } })
  script.smoke('d2')
  script.died(daemon, null, [EVIL])
  script.leak(EVIL)
  return script.stop(1).finish()
}

it.each(['light', 'dark'] as const)(
  'runs nothing, asks for nothing, and shows what was written (%s)',
  async (colorScheme) => {
    const invalid = Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0x0a, 0xed, 0xa0, 0x80, 0x0a])
    const log = Buffer.concat([Buffer.from(`${EVIL}\n`.repeat(50)), invalid])
    const { page, doings } = await open(await reportOn(hostileRun().events, { store: log, web: log }), {
      colorScheme,
    })
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })')

    // Elements that only its own code has made.
    expect(await page.locator('iframe, img, link, base, object, embed').count()).toBe(0)
    expect(await page.locator('script').count()).toBe(2)
    expect(await page.locator('style').count()).toBe(1)
    expect(await page.locator('h1').count()).toBe(1)
    expect(await seenText(page.locator('h1'))).not.toContain('All 21')
    const handlers: string[] = await page.evaluate(
      '[...document.querySelectorAll("*")].flatMap((one) => [...one.attributes]).map((a) => a.name).filter((name) => name.startsWith("on") || name === "style")',
    )
    expect(handlers).toEqual([])
    const links: string[] = await page.evaluate(
      '[...document.querySelectorAll("a")].map((a) => a.getAttribute("href"))',
    )
    expect(links.filter((href) => !href.startsWith('#'))).toEqual([])

    const text = await seenText(page.locator('#log-lines'))
    expect(text).toContain(`<script>alert('script')</script>`)
    expect(text).toContain('⟨ESC⟩[2J⟨ESC⟩]0;title⟨BEL⟩red')
    expect(text).toContain('⟨U+202E⟩gnp.exe')
    expect(text).toContain('⟨NUL⟩⟨BEL⟩⟨BS⟩⟨DEL⟩')
    expect(text).toContain('\ufffd')
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u2028]/)

    await page.locator('#log-search').fill(`<img src=x onerror="alert('image')">`)
    await expect.poll(() => seenText(page.locator('#log-count'))).toMatch(/^100 of /)
    await page.mouse.move(400, 300)
    for (const link of await page.locator('.plot a').all()) await link.dispatchEvent('click')
    await page.locator('.logs-of').first().click()
    expect(await seenText(page.locator('#log-window'))).toContain('<script>')
    expect(doings).toEqual({ complaints: [], dialogs: [], requests: [] })
    await page.evaluate('scrollTo(0, 0)')
    expect(await takePicture(page, `hostile-${colorScheme}`)).toBeGreaterThan(20_000)
  },
)

it('stands by its policy: even a script that got in would not run', async () => {
  const { page, doings } = await open(await reportOn(hostileRun().events))
  await page.evaluate(
    `document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.ran = true"><style>body{color:red}</style>')`,
  )
  await page.evaluate(
    `(() => { const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s) })()`,
  )
  await expect.poll(() => doings.complaints.join('\n')).toMatch(/Content Security Policy/)
  expect(await page.evaluate('window.ran')).toBeUndefined()
})
