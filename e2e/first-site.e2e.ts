// User story 2 of the specification and the main job: from a fresh platform to a site that sells, in the browser.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { openBrowser, portray, type Browser } from './browser.ts'
import { startPlatform, type RunningPlatform } from './platform.ts'

let platform: RunningPlatform
let browser: Browser
let desk: Page
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

describe('from a fresh platform to a site that sells', () => {
  test('whoever has the setup code claims the platform', async () => {
    const { page } = browser
    await page.goto(platform.consoleUrl)
    await page.getByRole('heading', { name: 'Set up your platform' }).waitFor()
    await show(page, 'console-setup')
    await page.getByLabel('Setup code').fill(await platform.setupCode())
    await page.getByLabel('Your name').fill('Olive Owner')
    await page.getByLabel('E-mail').fill('owner@example.org')
    await page.getByRole('textbox', { name: 'Password' }).fill('a long phrase for the story')
    await page.getByRole('button', { name: 'Create the owner account' }).click()
    await page.getByRole('heading', { name: 'New site' }).waitFor()
  })

  test('the first site is created with a live checklist', async () => {
    const { page } = browser
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('shop')
    await show(page, 'console-new-site')
    await page.getByRole('button', { name: 'Create the site' }).click()
    await page.getByRole('button', { name: 'Open your site' }).waitFor({ timeout: 60_000 })
    await show(page, 'console-create-site')
  })

  test('the site opens on its own host through a single-use ticket', async () => {
    const { page, context } = browser
    const opened = context.waitForEvent('page', { timeout: 5_000 }).catch(() => page)
    await page.getByRole('button', { name: 'Open your site' }).click()
    desk = await opened
    await desk.getByRole('heading', { name: 'Choose a password' }).waitFor()
    expect(new URL(desk.url()).origin).toBe(platform.siteUrl('shop'))
    await show(desk, 'desk-open')
    await desk.getByRole('textbox', { name: 'New password' }).fill('another phrase for the shop')
    await desk.getByRole('button', { name: 'Set the password' }).click()
    await desk.getByText('First steps').waitFor()
    await show(desk, 'desk-home-empty')
  })

  test('a product with stock and a picture', async () => {
    await desk.getByRole('link', { name: 'Products' }).first().click()
    await desk.getByText('No product yet').waitFor()
    await show(desk, 'desk-products-empty')
    await desk.getByRole('link', { name: 'New product' }).first().click()
    await desk.getByRole('textbox', { name: 'Name' }).fill('Oak chair')
    await desk.getByRole('textbox', { name: 'SKU' }).fill('CHAIR-1')
    await desk.getByRole('textbox', { name: 'Price before VAT' }).fill('49.90')
    await show(desk, 'desk-new-product')
    await desk.getByRole('button', { name: 'Create the product' }).click()
    await desk.getByRole('heading', { name: 'Oak chair' }).waitFor()
    await desk.getByLabel('Quantity').fill('3')
    await desk.getByRole('button', { name: 'Receive' }).click()
    await desk.getByText('The stock was changed.').waitFor()
    await desk.locator('input[type=file]').setInputFiles(await aPicture())
    await desk.getByText('The picture was saved.').waitFor()
    await desk.getByRole('img', { name: 'Picture of the product' }).waitFor()
    await show(desk, 'desk-product')
  })

  test('a customer', async () => {
    await desk.getByRole('link', { name: 'Customers' }).first().click()
    await desk.getByRole('link', { name: 'New customer' }).first().click()
    await desk.getByRole('textbox', { name: 'Name' }).fill('Mairie de Lyon')
    await desk.getByLabel('SIREN').fill('216901231')
    await desk.getByLabel('Street and number').fill('1 place de la Comédie')
    await desk.getByLabel('Postal code').fill('69001')
    await desk.getByLabel('City').fill('Lyon')
    await show(desk, 'desk-new-customer')
    await desk.getByRole('button', { name: 'Create the customer' }).click()
    await desk.getByRole('heading', { name: 'Mairie de Lyon' }).waitFor()
  })

  test('an order, by keyboard, that reserves stock and is submitted', async () => {
    await desk.getByRole('link', { name: 'Orders' }).first().click()
    await desk.getByRole('link', { name: 'New order' }).first().click()
    await chooseCustomer('Mairie')
    const search = desk.getByRole('combobox', { name: 'Add a product' })
    await search.fill('chair')
    await desk.getByRole('option', { name: /Oak chair/ }).waitFor()
    await search.press('Enter')
    await desk.getByLabel('Quantity of Oak chair').fill('2')
    await desk.getByText('€119.76').first().waitFor()
    await show(desk, 'desk-new-order')
    await desk.getByRole('button', { name: 'Submit the order' }).click()
    await desk.getByRole('heading', { name: /SO-\d{4}-00001/ }).waitFor()
    await show(desk, 'desk-order')
    await desk.getByRole('link', { name: 'Products' }).first().click()
    await desk.getByRole('link', { name: 'Oak chair' }).first().click()
    await desk.getByText('SO-', { exact: false }).first().waitFor()
    await show(desk, 'desk-product-held')
  })

  test('more than there is cannot be ordered, and the draft is kept', async () => {
    await desk.getByRole('link', { name: 'Orders' }).first().click()
    await desk.getByRole('link', { name: 'New order' }).first().click()
    await chooseCustomer('Mairie')
    const search = desk.getByRole('combobox', { name: 'Add a product' })
    await search.fill('CHAIR-1')
    await desk.getByRole('option', { name: /Oak chair/ }).waitFor()
    await search.press('Enter')
    await desk.getByLabel('Quantity of Oak chair').fill('5')
    await desk.getByRole('button', { name: 'Submit the order' }).click()
    await desk.getByText('Only 1 available; 5 asked for.', { exact: false }).waitFor()
    await show(desk, 'desk-order-shortage')
  })

  test('every page of console and desk stands in French too', async () => {
    const { page } = browser
    await desk.getByRole('button', { name: 'Français' }).click()
    for (const [name, path] of [
      ['home', '/'],
      ['products', '/products'],
      ['customers', '/customers'],
      ['orders', '/orders'],
      ['account', '/account'],
    ] as const) {
      await desk.goto(`${platform.siteUrl('shop')}${path}`)
      await desk.getByRole('heading', { level: 1 }).waitFor()
      expect(await desk.locator('html').getAttribute('lang')).toBe('fr')
      await show(desk, `desk-${name}-fr`)
    }
    await page.bringToFront()
    await page.goto(platform.consoleUrl)
    await page.getByRole('button', { name: 'Français' }).click()
    const paths = [
      ['home', '/'],
      ['sites', '/sites'],
      ['operations', '/operations'],
      ['alerts', '/alerts'],
      ['diagnosis', '/diagnosis'],
      ['servers', '/servers'],
      ['settings', '/settings'],
      ['logs', '/logs'],
      ['certificate', '/certificate'],
      ['account', '/account'],
    ] as const
    for (const [name, path] of paths) {
      await page.goto(`${platform.consoleUrl}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await page.locator('html').getAttribute('lang')).toBe('fr')
      await show(page, `console-${name}-fr`)
    }
    await page.getByRole('button', { name: 'English' }).click()
  })

  test('back in the console: suspend, resume and restart the site', async () => {
    const { page } = browser
    await page.goto(`${platform.consoleUrl}/sites`)
    await page.getByRole('link', { name: 'shop' }).first().click()
    await page.getByRole('heading', { name: 'shop' }).waitFor()
    await show(page, 'console-site')
    await act('Suspend')
    await page.getByText('Suspended').first().waitFor({ timeout: 30_000 })
    expect((await platform.call('shop', { path: '/' })).status).toBe(503)
    await act('Resume')
    await page.getByText('Active', { exact: true }).first().waitFor({ timeout: 30_000 })
    expect((await platform.call('shop', { path: '/api/v1/status' })).status).toBe(200)
    await act('Restart')
    await page.getByText('Active', { exact: true }).first().waitFor({ timeout: 30_000 })
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByText('Create the site shop').waitFor()
    await show(page, 'console-site-activity')
    await page.getByRole('navigation', { name: 'Pages of the site' }).getByRole('link', { name: 'Logs' }).click()
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('/api/v1/orders')
    const line = page.getByRole('button', { name: /info request POST \/api\/v1\/orders/ }).last()
    await line.waitFor()
    await show(page, 'console-site-logs')
    await line.click()
    await page.getByRole('dialog', { name: 'A line of the log' }).getByText('"method": "POST"').waitFor()
    await show(page, 'console-log-line')
    await page.keyboard.press('Escape')
    await page.getByRole('navigation', { name: 'Pages of the site' }).getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Drop the site' }).click()
    await page.getByRole('dialog').waitFor()
    await show(page, 'console-site-drop')
    await page.keyboard.press('Escape')
  })

  test('signing out and in again, console and desk', async () => {
    const { page } = browser
    for (const [where, name, password] of [
      [page, 'console', 'a long phrase for the story'],
      [desk, 'desk', 'another phrase for the shop'],
    ] as const) {
      await where.bringToFront()
      await where.goto(`${new URL(where.url()).origin}/account`)
      await where
        .getByRole('button', { name: /Sign out|Se déconnecter/ })
        .first()
        .click()
      await where.getByLabel('E-mail').waitFor()
      await show(where, `${name}-login`)
      await where.getByLabel('E-mail').fill('owner@example.org')
      await where.getByRole('textbox', { name: /Password|Mot de passe/ }).fill(password)
      await where.getByRole('button', { name: /^(Sign in|Se connecter)$/ }).click()
      await where.getByRole('heading', { level: 1, name: /Hello|Bonjour|My account|Mon compte/ }).waitFor()
    }
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

/** Presses an action of the site's page and confirms it. */
async function act(name: string): Promise<void> {
  const { page } = browser
  await page.getByRole('button', { name, exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name, exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
}

async function chooseCustomer(text: string): Promise<void> {
  const picker = desk.getByRole('combobox', { name: /Customer/ })
  await picker.fill(text)
  await desk.getByRole('option', { name: /Mairie de Lyon/ }).click()
}

/** A picture made here: the page's own canvas draws it. */
async function aPicture(): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const encoded = await desk.evaluate(`(() => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 240
    const pen = canvas.getContext('2d')
    pen.fillStyle = '#c8965a'; pen.fillRect(0, 0, 240, 240)
    pen.fillStyle = '#6b4423'; pen.fillRect(70, 40, 100, 90); pen.fillRect(60, 130, 120, 20); pen.fillRect(65, 150, 14, 60); pen.fillRect(161, 150, 14, 60)
    return canvas.toDataURL('image/png').split(',')[1]
  })()`)
  return { name: 'chair.png', mimeType: 'image/png', buffer: Buffer.from(String(encoded), 'base64') }
}
