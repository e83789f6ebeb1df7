/** How the page is used: keyboard, search, without JavaScript, dark and light, by a program that reads it aloud. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { Script } from '../../src/ledger/test-events.ts'
import { seenText, takePicture, useBrowser } from './support/browser.ts'
import { manySmokes, reportOn } from './support/runs.ts'

const open = useBrowser()

const LOGS = {
  store: Array.from({ length: 1_000 }, (_, i) => `store line ${i}\n`).join(''),
  query: '{"level":50,"time":1,"msg":"the index is gone","shard":3}\nplain text\n',
}

describe('three hundred smokes', () => {
  it('are all there, are drawn, and do not make the page heavy', async () => {
    const file = await reportOn(manySmokes(300).events, LOGS)
    const { page, doings } = await open(file)
    expect(await page.locator('.ledger tbody tr').count()).toBe(300)
    expect(await page.locator('.smoke').count()).toBe(300)
    expect(await seenText(page.locator('.ledger tfoot'))).toContain('--- 258 PASS / 42 FAIL ---')
    expect(await seenText(page.locator('#timeline'))).toContain('too many to be drawn')
    const boxes = await page.locator('.plot-run').first().boundingBox()
    expect(boxes?.height).toBeGreaterThan(300 * 12)
    expect(await takePicture(page, 'three-hundred')).toBeGreaterThan(20_000)
    await page.locator('#timeline').evaluate((element) => element.scrollIntoView())
    expect(await takePicture(page, 'three-hundred-timeline')).toBeGreaterThan(20_000)
    // Nothing is wider than the window.
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(doings).toEqual({ complaints: [], dialogs: [], requests: [] })
  })
})

describe('by keyboard', () => {
  it('goes to the search with a slash, finds lines, and lets go with Escape', async () => {
    const { page } = await open(
      await reportOn(new Script().start(['d1']).boot('store').smoke('d1').stop().finish().events, LOGS),
    )
    const count = page.locator('#log-count')
    expect(await seenText(count)).toBe('1,002 of 1,002 lines')
    await page.keyboard.press('/')
    await page.keyboard.type('LINE 99')
    await expect.poll(() => seenText(count)).toBe('11 of 1,002 lines')
    expect(await seenText(page.locator('#log-lines mark').first())).toBe('line 99')
    // A slash in the field is a slash.
    await page.keyboard.press('/')
    await expect.poll(() => seenText(count)).toBe('0 of 1,002 lines')
    expect(await seenText(page.locator('#log-lines'))).toContain('No line.')
    await page.keyboard.press('Escape')
    await expect.poll(() => seenText(count)).toBe('1,002 of 1,002 lines')
    await page.locator('#log-daemon').selectOption('query')
    expect(await seenText(count)).toBe('2 of 1,002 lines')
    expect(await seenText(page.locator('#log-lines .error'))).toContain('the index is gone  shard=3')
    await page.locator('#log-raw').check()
    expect(await seenText(page.locator('#log-lines'))).toContain('{"level":50,')
  })

  it('reaches everything that can be acted on, and shows where it is', async () => {
    const { page } = await open(await reportOn(manySmokes(2, 1).events, LOGS))
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the ledger')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.url()).toMatch(/#ledger$/)
    const seen = new Set<string>()
    for (let i = 0; i < 40; i += 1) {
      await page.keyboard.press('Tab')
      const tag: string = await page.evaluate('document.activeElement.tagName.toLowerCase()')
      // Past the last one it goes to the browser's own controls, and begins anew.
      if (tag === 'body') continue
      seen.add(tag)
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
    }
    expect([...seen]).toEqual(expect.arrayContaining(['a', 'summary', 'button', 'input', 'select']))
    await page.locator('.smoke summary').first().focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('.smoke').first().getAttribute('open')).not.toBeNull()
  })

  it('stops at each smoke of the timeline, not at each of its steps', async () => {
    const { page } = await open(await reportOn(manySmokes(3, 5).events, LOGS))
    expect(await page.locator('.plot-run a').count()).toBe(3 + 15)
    expect(await page.locator('.plot-run a:not([tabindex="-1"])').count()).toBe(3)
  })

  it('hides what passed, until it is gone to', async () => {
    const { page } = await open(await reportOn(manySmokes(8, 2).events, LOGS))
    const shown = page.locator('.smoke:visible')
    const button = page.locator('[data-do="hide-passed"]')
    await button.press('Enter')
    expect(await button.getAttribute('aria-pressed')).toBe('true')
    expect(await shown.count()).toBe(1)
    await page.locator('.ledger a').first().press('Enter')
    await expect.poll(() => shown.count()).toBe(8)
    expect(await page.locator('#smoke-smoke_001').getAttribute('open')).not.toBeNull()
  })

  it('shows more lines when asked to, not all at once', async () => {
    const { page } = await open(await reportOn(manySmokes(1, 1).events, LOGS))
    const rows = page.locator('#log-lines > div')
    expect(await rows.count()).toBe(400)
    expect(await seenText(page.locator('#log-more'))).toBe('Show 400 more of 602')
    await page.locator('#log-more').press('Enter')
    expect(await rows.count()).toBe(800)
  })

  it('leads from a bar of the timeline to the lines of its time', async () => {
    const { page } = await open(await reportOn(manySmokes(3, 2).events, LOGS))
    const bar = page.locator('.plot-run a[href="#step-smoke_002-1"]')
    await bar.focus()
    await page.keyboard.press('Enter')
    expect(await seenText(page.locator('#log-window'))).toContain('smoke_002: it answers question 2')
    await page.locator('#log-window a').click()
    // Of a new place in the page, both the browser and the page's script are told when it has been gone to.
    await expect.poll(() => page.url()).toMatch(/#step-smoke_002-1$/)
    await expect.poll(() => page.locator('#smoke-smoke_002').getAttribute('open')).not.toBeNull()
  })
})

describe('without JavaScript', () => {
  it('the ledger, the causes, the timeline and the steps can be read', async () => {
    const { page, doings } = await open(await reportOn(manySmokes(8, 3).events, LOGS), {
      javaScriptEnabled: false,
    })
    expect(await page.locator('.ledger tbody tr').count()).toBe(8)
    expect(await seenText(page.locator('.cause'))).toContain('$.n')
    expect(await page.locator('#timeline svg').count()).toBe(3)
    await page.locator('.smoke summary').first().click()
    expect(await seenText(page.locator('.step').first())).toContain('it answers question 1')
    expect(await seenText(page.locator('#logs'))).toContain('Searching needs JavaScript')
    expect(await page.locator('.log-tools').isVisible()).toBe(false)
    expect(await page.locator('.logs-of:visible').count()).toBe(0)
    expect(doings).toEqual({ complaints: [], dialogs: [], requests: [] })
  })
})

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('every text stands out from what is behind it', async () => {
    const { page } = await open(await reportOn(manySmokes(8, 2).events, LOGS), { colorScheme })
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })')
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(luminance(parseColour(String(background))) > 0.5).toBe(colorScheme === 'light')
    const texts: { text: string; colour: string; behind: string; large: boolean }[] =
      await page.evaluate(COLLECT_TEXTS)
    expect(texts.length).toBeGreaterThan(100)
    const weak = texts.filter(({ colour, behind, large }) => contrast(colour, behind) < (large ? 3 : 4.5))
    expect(weak.map((one) => `${one.text}: ${one.colour} on ${one.behind}`)).toEqual([])
  })
})

describe('for a program that reads it aloud', () => {
  it('has one first heading, no level left out, names for everything, and no id twice', async () => {
    const { page } = await open(await reportOn(manySmokes(8, 2).events, LOGS))
    const levels: number[] = await page.evaluate(
      '[...document.querySelectorAll("h1,h2,h3,h4")].map((h) => Number(h.tagName[1]))',
    )
    expect(levels.filter((level) => level === 1)).toEqual([1])
    levels.reduce((before, level) => {
      expect(level).toBeLessThanOrEqual(before + 1)
      return level
    })
    expect(await page.evaluate('document.documentElement.lang')).toBe('en')
    const ids: string[] = await page.evaluate('[...document.querySelectorAll("[id]")].map((one) => one.id)')
    expect(new Set(ids).size).toBe(ids.length)
    const dead: string[] = await page.evaluate(
      '[...document.querySelectorAll("a[href^=\\"#\\"]")].map((a) => decodeURIComponent(a.getAttribute("href").slice(1))).filter((id) => !document.getElementById(id))',
    )
    expect(dead).toEqual([])
    const nameless: string[] = await page.evaluate(
      `[...document.querySelectorAll('svg[role], .plot a, button, input, select, nav, [role=region], [tabindex]')]
        .filter((one) => !(one.ariaLabel || one.getAttribute('aria-labelledby') || one.textContent.trim() || one.labels?.length))
        .map((one) => one.outerHTML.slice(0, 120))`,
    )
    expect(nameless).toEqual([])
    // Of what is inside an image, nothing is told.
    expect(await page.locator('[role=img] a, [role=img] [tabindex], summary button, summary a').count()).toBe(
      0,
    )
    const headless: number = await page.evaluate(
      '[...document.querySelectorAll("table")].filter((table) => !table.querySelector("th[scope=col]")).length',
    )
    expect(headless).toBe(0)
  })
})

const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.textContent.trim()')

/** Every visible text with its colour and the colour behind it. Runs in the page. */
const COLLECT_TEXTS = `(() => {
  const behindOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor
      if (!/, 0\\)$|^transparent$|\\/ 0(\\.\\d+)?\\)$/.test(colour)) return colour
    }
    return 'rgb(255, 255, 255)'
  }
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
  const found = new Map()
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim()
    const element = walker.currentNode.parentElement
    if (text === '' || element.closest('script, title, noscript') || !element.checkVisibility()) continue
    const style = getComputedStyle(element)
    const inSvg = element.closest('svg')
    const colour = inSvg ? style.fill : style.color
    const size = Number.parseFloat(style.fontSize)
    const entry = { text: text.slice(0, 30), colour, behind: behindOf(inSvg ?? element), large: size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700) }
    found.set(JSON.stringify([colour, entry.behind, element.className?.baseVal ?? element.className, size]) + found.size % 200, entry)
  }
  return [...found.values()]
})()`

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function contrast(a: string, b: string): number {
  const [one, other] = [luminance(parseColour(a)), luminance(parseColour(b))]
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

function luminance(channels: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function parseColour(text: string): number[] {
  const numbers = (text.match(/[\d.]+/g) ?? []).map(Number).slice(0, 3)
  return text.startsWith('color(') ? numbers : numbers.map((n) => n / 255)
}
