/** Chromium, headless, on a page of this tool: what it does is watched, so that a test can say that nothing happened. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { REPOSITORY } from '../../support/tool.ts'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const SWITCHES = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Generous, milliseconds: they only end what would never end, before the test is ended by its own limit. */
const [START_MS, ACT_MS] = [50_000, 100_000]

/** What a page did beside being shown. */
export interface Doings {
  /** Messages on the console and errors of scripts: a page without fault has none. */
  readonly complaints: string[]
  readonly dialogs: string[]
  /** Addresses that were asked for, the page's own left out. */
  readonly requests: string[]
}

export interface OpenPage {
  readonly page: Page
  readonly doings: Doings
}

/** Starts the browser for the tests of one file. @returns opens a file of the disk in a fresh profile. */
export function useBrowser(): (file: string, options?: BrowserContextOptions) => Promise<OpenPage> {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium(), args: SWITCHES, timeout: START_MS })
  })
  afterAll(() => browser?.close())
  return async (file, options = {}) => {
    if (!browser) throw new Error('the browser has not started')
    const context = await browser.newContext({ viewport: { width: 1_200, height: 900 }, ...options })
    onTestFinished(() => context.close())
    context.setDefaultTimeout(ACT_MS)
    const page = await context.newPage()
    const doings: Doings = { complaints: [], dialogs: [], requests: [] }
    page.on('console', (message) => doings.complaints.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => doings.complaints.push(`error: ${error.message}`))
    page.on('dialog', (dialog) => {
      doings.dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const address = `file://${file}`
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== address) doings.requests.push(request.url())
    })
    await page.goto(address)
    return { page, doings }
  }
}

/** What a person sees of it: what is hidden is left out. */
export function seenText(locator: Locator): Promise<string> {
  return locator.evaluate((element) => String(Reflect.get(element, 'innerText')))
}

/**
 * Takes a picture of what is in the window, for people: `logs/page/<name>.png`, not kept by git.
 *
 * @returns its size in bytes; a blank page has a few thousand.
 */
export async function takePicture(page: Page, name: string): Promise<number> {
  const picture = await page.screenshot({ path: join(REPOSITORY, 'logs/page', `${name}.png`) })
  return picture.length
}

/** @throws Error that says how to get it: a test that is not run proves nothing, so none is skipped. */
function findChromium(): string {
  const named = process.env['CHROMIUM']
  const found = named ?? PLACES.find((path) => existsSync(path))
  if (found !== undefined && existsSync(found)) return found
  throw new Error(
    `there is no Chromium (looked for ${named ?? PLACES.join(', ')}): apt-get install -y chromium, or name one in CHROMIUM`,
  )
}
