// User story 5 of the specification: what was lost comes back, in the browser; and a site that is put away can be had again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { openBrowser, portray, type Browser } from './browser.ts'
import { claim, startPlatform, type RunningPlatform } from './platform.ts'
import { aSite, setSitePassword } from './sites.ts'

const owner = { email: 'owner@example.org', password: 'a long phrase for the story', name: 'Olive Owner' }
const deskPassword = 'another phrase for the shop'
const minute = 60_000

let platform: RunningPlatform
let browser: Browser
let operator: Page
let desk: Page
let token: string
let sitePath: string
const violations: string[] = []

beforeAll(async () => {
  platform = await startPlatform()
  token = await claim(platform, owner)
  sitePath = `/sites/${await aSite(platform, token, 'shop')}`
  await setSitePassword(platform, token, 'shop', deskPassword)
  browser = await openBrowser(platform.dataDirectory)
  operator = browser.page
  desk = await browser.context.newPage()
})
afterAll(async () => {
  await browser.close()
  await platform.stop()
  await platform.remove()
})

describe('a site from its backup back to work', () => {
  test('a backup is made and proven at a press', async () => {
    await createCustomer('Mairie de Lyon')
    await signIn(operator, owner.email, owner.password, `${platform.consoleUrl}${sitePath}/backups`)
    await operator.getByText('No backup yet').waitFor()
    await show(operator, 'console-backups-empty')
    await operator.getByRole('button', { name: 'Back up now' }).click()
    await operator.getByText('Verified', { exact: true }).first().waitFor({ timeout: minute })
    await operator.getByRole('link', { name: 'Restore', exact: true }).waitFor()
    await show(operator, 'console-backups')
  })

  test('the wizard, by keyboard, counts what would change', async () => {
    await createCustomer('Boulangerie du Port')
    expect(await customers()).toEqual(['Boulangerie du Port', 'Mairie de Lyon'])
    await operator.bringToFront()
    await operator.getByRole('link', { name: 'Restore', exact: true }).press('Enter')
    await operator.getByRole('heading', { name: 'Choose where to' }).waitFor()
    await show(operator, 'console-restore-target')
    await operator.getByRole('radio', { name: 'Into a new site' }).press('ArrowDown')
    await operator.getByRole('button', { name: 'Next' }).press('Enter')
    const changed = operator.getByRole('row', { name: /^Customers/ })
    await changed.waitFor({ timeout: minute })
    expect(await changed.getByRole('cell').allInnerTexts()).toEqual([
      'Customers',
      '1',
      '2',
      expect.stringContaining('1 '),
    ])
    await show(operator, 'console-restore-in-place')
  })

  test('restored in place, the site is what it was', async () => {
    const confirm = operator.getByRole('button', { name: 'Restore in place' })
    expect(await confirm.isDisabled()).toBe(true)
    await operator.getByRole('textbox', { name: /Type .shop. to confirm/ }).fill('shop')
    await confirm.press('Enter')
    await done('Restore the site shop in place')
    await show(operator, 'console-restored')
    expect(await customers()).toEqual(['Mairie de Lyon'])
  })

  test('undone, it is what it was before the restore', async () => {
    await operator.bringToFront()
    await operator.getByRole('button', { name: 'Undo', exact: true }).click()
    const dialog = operator.getByRole('dialog')
    await show(operator, 'console-undo')
    await dialog.getByRole('button', { name: 'Undo', exact: true }).click()
    await done('Take back the restore of the site shop')
    expect(await customers()).toEqual(['Boulangerie du Port', 'Mairie de Lyon'])
  })

  test('archived, it is put away and says for how long', async () => {
    await operator.bringToFront()
    await operator.goto(`${platform.consoleUrl}${sitePath}/settings`)
    await operator.getByRole('button', { name: 'Archive', exact: true }).click()
    const dialog = operator.getByRole('dialog')
    await dialog.getByRole('textbox').fill('shop')
    await show(operator, 'console-archive')
    await dialog.getByRole('button', { name: 'Archive', exact: true }).click()
    await done('Archive the site shop')
    expect((await platform.call('shop', { path: '/' })).status).toBeGreaterThanOrEqual(400)
    await operator.goto(`${platform.consoleUrl}/sites`)
    await operator.getByText('No site yet').waitFor()
    await operator.getByRole('combobox', { name: 'Filter by state' }).selectOption('archived')
    await operator.getByRole('link', { name: 'shop', exact: true }).click()
    await operator.getByText('30 days are left', { exact: false }).waitFor()
    await show(operator, 'console-archived')
  })

  test('revived, it has everything it had', async () => {
    await operator.getByRole('button', { name: 'Revive the site' }).click()
    await done('Revive the site shop')
    expect(await customers()).toEqual(['Boulangerie du Port', 'Mairie de Lyon'])
  })

  test('no page has a serious or critical accessibility issue, in light or dark', () => {
    expect(violations).toEqual([])
  })

  test('no page raised an error or was refused content by its own policy', () => {
    expect(browser.complaints).toEqual([])
  })
})

async function show(page: Page, name: string): Promise<void> {
  violations.push(...(await portray(page, name)))
}

/** Waits on the operation's page until it is done. */
async function done(title: string): Promise<void> {
  await operator.getByRole('heading', { level: 1, name: title }).waitFor({ timeout: minute })
  await operator
    .getByRole('status')
    .filter({ hasText: 'Done' })
    .waitFor({ timeout: 2 * minute })
}

async function createCustomer(name: string): Promise<void> {
  await openDesk('/customers/new')
  await desk.getByRole('textbox', { name: 'Name' }).fill(name)
  await desk.getByRole('button', { name: 'Create the customer' }).click()
  await desk.getByRole('heading', { name }).waitFor()
}

/** Names of the customers that the desk lists, in order of the alphabet. */
async function customers(): Promise<string[]> {
  await openDesk('/customers')
  await desk.getByRole('link', { name: 'Mairie de Lyon' }).waitFor()
  const rows = await desk.getByRole('row').getByRole('link').allInnerTexts()
  return rows.toSorted()
}

/** A restore ends all sessions: whoever comes back signs in anew. */
async function openDesk(path: string): Promise<void> {
  await desk.bringToFront()
  const address = `${platform.siteUrl('shop')}${path}`
  await desk.goto(address)
  const heading = desk.getByRole('heading', { level: 1, name: /customer/i })
  const login = desk.getByLabel('E-mail')
  await heading.or(login).first().waitFor()
  if (await heading.isVisible()) return
  await signIn(desk, 'admin@example.org', deskPassword, address)
  await heading.waitFor()
}

async function signIn(page: Page, email: string, password: string, address: string): Promise<void> {
  await page.goto(address)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
