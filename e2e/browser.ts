// A real Chromium that trusts this platform's certificate authority and nothing more.
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtemp, mkdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkoutDirectory } from '@platen/kit/config'
import { dataPaths } from '@platen/kit/names'
import { chromium, type BrowserContext, type Page } from 'playwright-core'

const axeSource = join(checkoutDirectory, 'node_modules/axe-core/axe.min.js')
const screenshots = join(checkoutDirectory, 'test-output/screenshots')

const open = new Set<BrowserContext>()

export interface Browser {
  page: Page
  context: BrowserContext
  /** What pages reported that they should not have: script errors, refused content (CSP). */
  complaints: string[]
  close(): Promise<void>
}

export async function openBrowser(dataDirectory: string, locale = 'en-GB'): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'platen-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['PLATEN_TEST_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
      // Certificates are checked; only this authority's key is accepted beside the system's.
      `--ignore-certificate-errors-spki-list=${await authorityKeyHash(dataDirectory)}`,
    ],
    locale,
    viewport: { width: 1280, height: 800 },
  })
  open.add(context)
  const page = context.pages()[0] ?? (await context.newPage())
  const complaints: string[] = []
  const watch = (watched: Page): void => {
    watched.on('pageerror', (error) => complaints.push(`${watched.url()}: ${error.message}`))
    watched.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(`${watched.url()}: ${message.text()}`)
    })
  }
  context.pages().forEach(watch)
  context.on('page', watch)
  return {
    page,
    context,
    complaints,
    async close() {
      open.delete(context)
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** Every open page, for whoever must find out why `story` failed: address and text; pictures are kept as `failed-...`. */
export async function describePages(story: string): Promise<string[]> {
  await mkdir(screenshots, { recursive: true })
  const pages = [...open].flatMap((context) => context.pages())
  return Promise.all(
    pages.map(async (page, index) => {
      const name = `failed-${story.replaceAll(/\W+/g, '-').slice(0, 60)}-${index + 1}.png`
      await page.screenshot({ path: join(screenshots, name) }).catch(() => undefined)
      const text = await page.innerText('body', { timeout: 2_000 }).catch(String)
      return `${page.url()}\n${text.slice(0, 1_500)}\n(${name})`
    }),
  )
}

async function authorityKeyHash(dataDirectory: string): Promise<string> {
  const certificate = new X509Certificate(await readFile(dataPaths(dataDirectory).authority.certificate))
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}

interface AxeResult {
  violations: { id: string; impact: string | null; nodes: { html: string }[] }[]
}

/** Serious and critical accessibility violations of the page as it is, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // The page's own policy forbids added scripts, so axe comes in by the debugger.
  await page.evaluate(await readFile(axeSource, 'utf8'))
  const { violations } = await page.evaluate<AxeResult>('axe.run(document, { resultTypes: ["violations"] })')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${new URL(page.url()).pathname} ${id}: ${html.slice(0, 200)}`))
}

/** The page in light and dark, on a desk and on a phone; answers what axe holds against it. */
export async function portray(page: Page, name: string): Promise<string[]> {
  await mkdir(screenshots, { recursive: true })
  // What is judged is the page, not its placeholders.
  await page.locator('html:not(:has(.mantine-Skeleton-root))').waitFor({ state: 'attached' })
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [device, width, height] of [
      ['desk', 1280, 800],
      ['phone', 390, 844],
    ] as const) {
      await page.setViewportSize({ width, height })
      await page.screenshot({ path: join(screenshots, `${name}-${device}-${colorScheme}.png`), fullPage: true })
      if (device === 'desk') found.push(...(await seriousViolations(page)).map((line) => `${colorScheme}: ${line}`))
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.emulateMedia({ colorScheme: 'light' })
  return found
}
