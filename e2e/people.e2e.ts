// The people of a platform, in the browser: invited, given roles, a second factor, sessions and tokens, and all of it in the audit trail.
import { createHmac } from 'node:crypto'
import { eventually } from '@platen/kit/testing'
import { openReceiver, type Receiver } from '@platen/kit/webhooks/testing'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, portray, type Browser } from './browser.ts'
import { claim, startPlatform, type RunningPlatform } from './platform.ts'

const owner = { email: 'owner@example.org', password: 'a long phrase for the story', name: 'Olive Owner' }
const ada = { email: 'ada@example.org', password: 'nine lives of a black cat', name: 'Ada Admin' }

let platform: RunningPlatform
/** Of webhooks, in the network that the operator allows. */
let receiver: Receiver
/** The owner's browser, and the one of whoever is invited. */
let home: Browser
let guest: Browser
let ownerToken: string
let secret = ''
const violations: string[] = []

beforeAll(async () => {
  receiver = await openReceiver()
  platform = await startPlatform({ env: { PLATEN_WEBHOOK_NETWORKS: '127.0.0.1' } })
  ownerToken = await claim(platform, owner)
  home = await openBrowser(platform.dataDirectory)
  guest = await openBrowser(platform.dataDirectory)
})
afterAll(async () => {
  await guest.close()
  await home.close()
  await platform.stop()
  await platform.remove()
  await receiver.close()
})

describe('the people of a platform', () => {
  test('the owner invites somebody by mail', async () => {
    const { page } = home
    await signIn(page, owner)
    await page.goto(`${platform.consoleUrl}/people`)
    await page.getByRole('link', { name: owner.name }).waitFor()
    await page.getByRole('button', { name: 'Invite' }).click()
    const dialog = page.getByRole('dialog', { name: 'Invite somebody' })
    await dialog.getByRole('textbox', { name: 'E-mail' }).fill(ada.email)
    await dialog.getByRole('textbox', { name: 'Name (optional)' }).fill(ada.name)
    await dialog.getByRole('checkbox', { name: 'Reader' }).check()
    await show(page, 'people-invite')
    await dialog.getByRole('button', { name: 'Send the invitation' }).click()
    await page.getByRole('table', { name: 'Open invitations' }).getByText('Sent', { exact: true }).waitFor()
    await show(page, 'people')
  })

  test('the link of the mail opens the door, once, and leaves no token in the address', async () => {
    const { page } = guest
    const link = await mailedLink(ada.email, 'invitation')
    await page.goto(link)
    await page.getByRole('textbox', { name: 'Your name' }).waitFor()
    expect(page.url()).toBe(`${platform.consoleUrl}/invitation`)
    await show(page, 'people-invitation')
    await page.getByRole('textbox', { name: 'Password' }).fill(ada.password)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByRole('heading', { name: /Hello/ }).waitFor()
    await home.page.goto(link)
    await home.page.getByRole('heading', { name: 'This link leads nowhere' }).waitFor()
    await show(home.page, 'people-link-refused')
  })

  test('an own role is given and counts within seconds', async () => {
    await guest.page.getByRole('link', { name: 'Administration' }).waitFor()
    await guest.page.goto(`${platform.consoleUrl}/organisation`)
    await guest.page.getByRole('link', { name: 'Organisation', exact: true }).first().waitFor()
    expect(await guest.page.getByRole('link', { name: 'People', exact: true }).count()).toBe(0)
    const { page } = home
    await page.goto(`${platform.consoleUrl}/roles/new`)
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Personnel')
    for (const permission of ['Organisation: see', 'People: see', 'Sites: see', 'Roles: see', 'Jobs: see']) {
      await page.getByRole('checkbox', { name: permission }).check()
    }
    await show(page, 'people-new-role')
    await page.getByRole('button', { name: 'Save the role' }).click()
    await page.getByRole('button', { name: 'Delete the role' }).waitFor()
    await page.goto(`${platform.consoleUrl}/people`)
    await page.getByRole('link', { name: ada.name }).click()
    await page.getByRole('checkbox', { name: 'Reader' }).uncheck()
    await page.getByRole('checkbox', { name: 'Personnel' }).check()
    await show(page, 'people-user')
    await page.getByRole('button', { name: 'Save the roles' }).click()
    await page.getByText(`The roles of ${ada.name} were changed.`).waitFor()
    await eventually(
      async () => {
        await guest.page.goto(`${platform.consoleUrl}/people`)
        await guest.page.getByRole('link', { name: owner.name }).waitFor({ timeout: 3_000 })
        return true
      },
      { timeoutMs: 30_000, describe: 'the new role to count' },
    )
    await guest.page.getByRole('button', { name: 'Invite' }).focus()
    await guest.page.getByRole('tooltip', { name: 'You may see people here, not change them.' }).waitFor()
    await guest.page.goto(`${platform.consoleUrl}/roles`)
    await guest.page.getByRole('link', { name: 'Owner' }).click()
    await show(guest.page, 'people-system-role')
  })

  test('a second factor is set up from its secret', async () => {
    const { page } = guest
    await page.goto(`${platform.consoleUrl}/account/security`)
    await page.getByRole('button', { name: 'Set it up' }).click()
    const dialog = page.getByRole('dialog', { name: 'Set up a second factor' })
    await dialog.getByRole('textbox', { name: 'Current password' }).fill(ada.password)
    await dialog.getByRole('button', { name: 'Go on' }).click()
    await dialog.getByRole('img', { name: 'QR code of the secret' }).waitFor()
    secret = (await dialog.locator('pre').textContent()) ?? ''
    await show(page, 'people-second-factor')
    await dialog.getByRole('textbox', { name: /Code that the app shows/ }).fill(codeAt(secret, Date.now()))
    await dialog.getByRole('button', { name: 'Turn it on' }).click()
    const codes = dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
    await codes.first().waitFor()
    expect(await codes.count()).toBe(10)
    await show(page, 'people-recovery-codes')
    await dialog.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('10 recovery codes left').waitFor()
    await show(page, 'people-security')
  })

  test('signing in elsewhere takes a code, and each code works once', async () => {
    const page = await another(home)
    await page.getByRole('textbox', { name: 'E-mail' }).fill(ada.email)
    await page.getByRole('textbox', { name: 'Password' }).fill(ada.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await show(page, 'people-code')
    // The code of this half minute was spent when the factor was turned on; the next one is accepted already.
    await page.getByRole('textbox', { name: 'Code' }).fill(codeAt(secret, Date.now() + 30_000))
    await page.getByRole('button', { name: 'Sign in' }).click()
    // Where they had signed out.
    await page.getByRole('heading', { name: 'My account' }).waitFor()
  })

  test('a session that is ended elsewhere is over within seconds', async () => {
    const { page } = guest
    await page.goto(`${platform.consoleUrl}/account/sessions`)
    const table = page.getByRole('table', { name: 'Where you are signed in' })
    await table.getByText('This one').waitFor()
    await show(page, 'people-sessions')
    await table.getByRole('button', { name: /^End: / }).click()
    await eventually(async () => (await table.getByRole('row').count()) === 2 || undefined, {
      timeoutMs: 10_000,
      describe: 'the other session to leave the list',
    })
    await eventually(
      async () => {
        await home.page.goto(`${platform.consoleUrl}/account`)
        await home.page.getByRole('heading', { name: 'Sign in' }).waitFor({ timeout: 3_000 })
        return true
      },
      { timeoutMs: 30_000, describe: 'the ended session to need a sign-in' },
    )
  })

  test('a token does what it was made for and nothing else', async () => {
    const { page } = guest
    await page.goto(`${platform.consoleUrl}/account/tokens`)
    await page.getByText('No token yet').waitFor()
    await page.getByRole('button', { name: 'New token' }).click()
    const dialog = page.getByRole('dialog', { name: 'New token' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Nightly list')
    await dialog.getByRole('checkbox', { name: 'People: see' }).check()
    await dialog.getByRole('checkbox', { name: 'People: change' }).press('Space')
    expect(await dialog.getByRole('checkbox', { name: 'People: change' }).isChecked()).toBe(false)
    await show(page, 'people-new-token')
    await dialog.getByRole('button', { name: 'Make the token' }).click()
    const token = (await page.getByRole('status').locator('pre').textContent()) ?? ''
    await show(page, 'people-token')
    expect((await platform.call('console', { path: '/api/v1/users', token })).status).toBe(200)
    expect((await platform.call('console', { path: '/api/v1/roles', token })).status).toBe(403)
  })

  test('a forgotten password is replaced by a mailed link', async () => {
    const { page } = guest
    await page.goto(`${platform.consoleUrl}/account`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    // The sign-in page has such a field too.
    await page.getByRole('heading', { name: 'Forgot your password' }).waitFor()
    await page.getByRole('textbox', { name: 'E-mail' }).fill(ada.email)
    await show(page, 'people-forgot')
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByRole('heading', { name: 'Look at your mails' }).waitFor()
    await page.goto(await mailedLink(ada.email, 'reset-password'))
    await page.getByRole('textbox', { name: 'New password' }).fill('ten lives of a grey cat')
    await show(page, 'people-reset')
    await page.getByRole('button', { name: 'Set the new password' }).click()
    await page.getByRole('heading', { name: 'The password was changed' }).waitFor()
  })

  test('jobs show the mails that were sent', async () => {
    const { page } = home
    await signIn(page, owner)
    await page.goto(`${platform.consoleUrl}/jobs`)
    await page.getByRole('table', { name: 'Jobs' }).getByText('Mail about an account').first().waitFor()
    await page.getByRole('button', { name: 'People', exact: true }).click()
    await page.getByRole('table', { name: 'Jobs' }).getByRole('button', { name: 'Download' }).waitFor()
    await show(page, 'people-jobs')
  })

  test('a webhook is sent a test, and the same once more', async () => {
    const { page } = home
    await page.goto(`${platform.consoleUrl}/webhooks`)
    await page.getByText('No webhook yet').waitFor()
    await page.getByRole('button', { name: 'New webhook' }).click()
    const dialog = page.getByRole('dialog', { name: 'New webhook' })
    await dialog.getByRole('textbox', { name: 'URL' }).fill('https://10.0.0.1/')
    await dialog.getByRole('checkbox', { name: 'UserCreated' }).check()
    await dialog.getByRole('button', { name: 'Make the webhook' }).click()
    await dialog.getByText('Nothing is sent to this address.').waitFor()
    await show(page, 'people-new-webhook')
    await dialog.getByRole('textbox', { name: 'URL' }).fill(`${receiver.url}/hook`)
    await dialog.getByRole('textbox', { name: 'Description (optional)' }).fill('Accounting')
    await dialog.getByRole('button', { name: 'Make the webhook' }).click()
    await page.getByRole('status').locator('pre').getByText('whsec_').waitFor()
    await show(page, 'people-webhooks')
    await page.getByRole('link', { name: `${receiver.url}/hook` }).click()
    await page.getByRole('button', { name: 'Send a test' }).click()
    const log = page.getByRole('table', { name: 'Deliveries' })
    await log.getByText('Delivered').waitFor()
    await log.getByRole('button', { name: 'Send again' }).click()
    const ids = () => receiver.received.map(({ headers }) => headers['webhook-id'])
    await eventually(() => ids().length === 2, { timeoutMs: 30_000, describe: 'the test to arrive again' })
    expect(new Set(ids()).size).toBe(1)
    expect(receiver.received[0]?.headers['webhook-signature']).toMatch(/^v1,/)
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('button', { name: 'Enable' }).waitFor()
    await show(page, 'people-webhook')
    await page.goto(`${platform.consoleUrl}/dead-letters`)
    await page.getByText('No dead letter').waitFor()
    await show(page, 'people-dead-letters')
  })

  test('the audit trail has all of it, and is whole', async () => {
    const { page } = home
    await page.goto(`${platform.consoleUrl}/audit`)
    const table = page.getByRole('table', { name: 'Audit trail' })
    await table.getByText('api-token.created').waitFor()
    for (const action of [
      'invitation.created',
      'invitation.accepted',
      'role.created',
      'user.changed',
      'session.revoked',
    ])
      await table.getByText(action).first().waitFor()
    await show(page, 'people-audit')
    await page.goto(`${platform.consoleUrl}/audit?resource=user`)
    await table.getByRole('button', { name: 'Person changed' }).click()
    const drawer = page.getByRole('dialog', { name: 'Person changed' })
    await drawer.getByRole('row', { name: /roles reader Personnel/ }).waitFor()
    await show(page, 'people-audit-entry')
    await drawer.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Verify now' }).click()
    await page.getByText('Nothing was changed or removed').waitFor()
    await show(page, 'people-audit-verified')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    expect((await download).suggestedFilename()).toBe('audit.csv')
  })

  test('somebody is shut out and let in, and erased by typing their name', async () => {
    const { page } = home
    await page.goto(`${platform.consoleUrl}/people`)
    await page.getByRole('link', { name: ada.name }).click()
    await page.getByRole('button', { name: 'Deactivate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    await page.getByText('Deactivated').waitFor()
    await page.getByRole('button', { name: 'Erase' }).click()
    const dialog = page.getByRole('dialog', { name: `Erase ${ada.name}?` })
    expect(await dialog.getByRole('button', { name: 'Erase' }).isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill(ada.name)
    await show(page, 'people-erase')
    await dialog.getByRole('button', { name: 'Erase' }).click()
    await page.getByRole('heading', { name: 'People' }).waitFor()
    await eventually(async () => (await page.getByRole('link', { name: ada.name }).count()) === 0 || undefined, {
      timeoutMs: 10_000,
      describe: 'the erased person to leave the list',
    })
  })

  test('no page has serious accessibility faults, and none complained', () => {
    expect(violations).toEqual([])
    expect([...home.complaints, ...guest.complaints]).toEqual([])
  })
})

async function signIn(page: Page, who: { email: string; password: string }): Promise<void> {
  await page.goto(`${platform.consoleUrl}/login`)
  await page.getByRole('textbox', { name: 'E-mail' }).fill(who.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(who.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: /Hello/ }).waitFor()
}

/** The browser's page, signed out. */
async function another({ page }: Browser): Promise<Page> {
  await page.goto(`${platform.consoleUrl}/account`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  return page
}

/** The link to `page` in the newest mail to somebody, once it is in the inbox. */
function mailedLink(to: string, page: string): Promise<string> {
  return eventually(
    async () => {
      const { body: list } = await ask<{ items: { id: string; to: string }[] }>('/mails')
      for (const { id } of list.items.filter((mail) => mail.to.includes(to))) {
        const { body: mail } = await ask<{ text: string }>(`/mails/${id}`)
        const [link] = new RegExp(`https://\\S+/${page}#token=\\S+`).exec(mail.text) ?? []
        if (link !== undefined) return link
      }
      throw new Error('no such mail yet')
    },
    { timeoutMs: 20_000, describe: `a mail to ${to} with a link to ${page}` },
  )
}

const ask = <Body>(path: string) => platform.call<Body>('console', { path: `/api/v1${path}`, token: ownerToken })

/** RFC 6238: what an authenticator app shows at that moment. */
function codeAt(base32: string, ms: number): string {
  const bits = Array.from(base32.replaceAll(/[\s=]/g, ''))
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const start = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

async function show(page: Page, name: string): Promise<void> {
  violations.push(...(await portray(page, name)))
}
