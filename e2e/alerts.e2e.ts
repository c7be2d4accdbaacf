// What goes wrong is told to operators by itself, in the console and by mail, and is over by itself when it is mended.
import { readFile } from 'node:fs/promises'
import { dataPaths, runDirectory } from '@platen/kit/names'
import { Secret } from '@platen/kit/secrets'
import { openDatabase, sql } from '@platen/kit/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { openBrowser, portray, type Browser } from './browser.ts'
import { startPlatform, type RunningPlatform } from './platform.ts'

let platform: RunningPlatform
let browser: Browser
const violations: string[] = []

beforeAll(async () => {
  platform = await startPlatform()
  browser = await openBrowser(platform.dataDirectory)
})
afterAll(async () => {
  await browser.close()
  await platform.stop()
  await platform.remove()
})

async function show(page: Page, name: string): Promise<void> {
  violations.push(...(await portray(page, name)))
}

/** What a probe writes that finds the site dead. The platform's own probes see it alive and say so, hence again and again. */
async function probeFails(): Promise<void> {
  const { postgres } = dataPaths(platform.dataDirectory)
  const password = new Secret((await readFile(postgres.superuserSecret, 'utf8')).trim())
  const db = openDatabase({
    host: runDirectory(platform.dataDirectory),
    database: 'platen',
    user: 'postgres',
    password,
    applicationName: 'alerts-story',
  })
  await sql`UPDATE manager.sites SET probe_ok = false, probe_detail = 'Status 502 at the public address.'`.execute(db)
  await db.destroy()
}

test('an operator has a platform with a site and nothing to worry about', async () => {
  const { page } = browser
  await page.goto(platform.consoleUrl)
  await page.getByLabel('Setup code').fill(await platform.setupCode())
  await page.getByLabel('Your name').fill('Olive Owner')
  await page.getByLabel('E-mail').fill('owner@example.org')
  await page.getByRole('textbox', { name: 'Password' }).fill('a long phrase for the story')
  await page.getByRole('button', { name: 'Create the owner account' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('shop')
  await page.getByRole('button', { name: 'Create the site' }).click()
  await page.getByRole('button', { name: 'Open your site' }).waitFor({ timeout: 60_000 })
  await page.getByRole('link', { name: 'Alerts' }).click()
  await page.getByRole('heading', { name: 'Nothing to worry about' }).waitFor()
  await show(page, 'console-alerts-none')
  await page.getByRole('link', { name: 'Inbox' }).click()
  await page.getByRole('button', { name: 'Send a test mail' }).click()
  await page.getByRole('link', { name: '[Platen] Test mail' }).waitFor()
})

test('a site that stops answering is told on every page, in the list and by mail', { timeout: 120_000 }, async () => {
  const { page } = browser
  const failing = setInterval(() => void probeFails().catch(() => undefined), 1_000)
  await probeFails()
  await page.goto(`${platform.consoleUrl}/sites`)
  await page.getByText('A site does not answer: shop').waitFor({ timeout: 60_000 })
  await show(page, 'console-alert-banner')
  await page.getByRole('link', { name: 'Show the alerts' }).click()
  await page.getByText('Status 502 at the public address.').waitFor()
  clearInterval(failing)
  await page.getByText('docs/operate/alerts/site-unreachable.md').waitFor()
  await show(page, 'console-alerts-open')
  await page.getByRole('button', { name: 'I take care of it' }).click()
  await page.getByText('owner@example.org takes care of it.').waitFor()
  await page.getByRole('link', { name: 'Show the alerts' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Inbox' }).click()
  await page.getByRole('link', { name: /A site does not answer: shop/ }).click()
  await page.getByText('What to do:').waitFor()
  await show(page, 'console-mail')
})

test('it is over by itself when the site answers again', { timeout: 120_000 }, async () => {
  const { page } = browser
  await page.goto(`${platform.consoleUrl}/sites`)
  await page.getByRole('link', { name: 'shop' }).first().click()
  await page.getByRole('button', { name: 'Restart', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Restart', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('link', { name: 'Alerts' }).click()
  await page.getByRole('heading', { name: 'Nothing to worry about' }).waitFor({ timeout: 90_000 })
  await page.getByRole('cell', { name: /A site does not answer/ }).waitFor()
  await show(page, 'console-alerts-resolved')
})

test('the pages keep their promises to everybody', () => {
  expect(violations).toEqual([])
  expect(browser.complaints).toEqual([])
})
