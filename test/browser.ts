/** Headless Chromium, and a person who chats through the simulator's page with it. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { until } from './until.ts'

/** The one without windows needs a fraction of the processor; it draws the same pages. */
const KNOWN = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const executablePath = process.env.CHROMIUM ?? KNOWN.find((path) => existsSync(path)) ?? ''

/** Why tests in a browser are skipped; false where they run. */
export const noBrowser = existsSync(executablePath)
  ? false
  : `no Chromium at ${executablePath || KNOWN.join(' or ')}; the variable CHROMIUM names another path`

/** A machine that runs four other tests beside it takes its time. */
const PATIENCE_MS = 120_000

/** Nothing that talks to the outside, draws with a graphics card, or asks a newcomer anything. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Windows {
  /** A window of somebody's own: nothing is shared with the other ones. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>
  /** What the browser complained about so far, on any page: broken scripts, refused contents, failed requests. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

export async function openBrowser(): Promise<Windows> {
  const browser: Browser = await chromium.launch({ executablePath, args: FLAGS })
  const complaints: string[] = []
  return {
    complaints,
    async open(url, options) {
      const context = await browser.newContext(options)
      context.setDefaultTimeout(PATIENCE_MS)
      context.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`${message.page()?.url()}: ${message.text()}`)
      })
      context.on('weberror', (problem) => {
        complaints.push(`${problem.page()?.url()}: ${problem.error().message}`)
      })
      const page = await context.newPage()
      await page.goto(url)
      return page
    },
    async close() {
      await browser.close()
    },
  }
}

/** Whoever sits before a window of the Telegram simulator. */
export class Chatter {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Message' }).fill(text)
    await this.page.getByRole('button', { name: 'Send' }).click()
  }

  /** The newest button below a message that reads so. */
  button(label: string | RegExp): Locator {
    return this.page.locator('.inline-button').filter({ hasText: label }).last()
  }

  async press(label: string | RegExp): Promise<void> {
    await this.button(label).click()
  }

  /** Messages of the bot that read so. */
  heard(text: string | RegExp): Locator {
    return this.page.locator('.row.theirs').filter({ hasText: text })
  }

  /** Looks until the bot has said it, and answers the newest such message. */
  async sees(text: string | RegExp): Promise<Locator> {
    await until(async () => (await this.heard(text).count()) > 0)
    return this.heard(text).last()
  }
}

/** Looks at the page until it reads so. */
export async function reads(where: Locator, text: RegExp): Promise<void> {
  let last = ''
  const fits = async () => {
    last = (await where.textContent()) ?? ''
    return text.test(last)
  }
  await until(fits).catch(() => assert.fail(`${text} is not in: ${last}`))
}
