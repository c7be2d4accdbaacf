// A site goes back to what a backup shows while people read it, and forth again; it is archived and revived. By the command line.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, runCommand } from './command.ts'
import { startPlatform, type RunningPlatform } from './platform.ts'
import { aSite, setSitePassword } from './sites.ts'

const password = 'a phrase for the command line'
let platform: RunningPlatform
let backupId: string
let restoration: string

const platen = async (...args: string[]) => {
  const ran = await runCommand(platform, [...args, '--json'])
  expect(ran, `${args.join(' ')}: ${ran.err}`).toMatchObject({ code: 0 })
  return ran
}

async function signIn(): Promise<string> {
  const { body, status } = await platform.call<{ accessToken: string }>('shop', {
    method: 'POST',
    path: '/api/v1/auth/login',
    body: { email: 'admin@example.org', password },
  })
  expect(status).toBe(200)
  return body.accessToken
}

async function addProduct(sku: string): Promise<void> {
  const body = { sku, name: `Product ${sku}`, unitPrice: { amount: '10.00', currency: 'EUR' } }
  const answer = await platform.call('shop', { method: 'POST', path: '/api/v1/products', body, token: await signIn() })
  expect(answer, answer.text).toMatchObject({ status: 201 })
}

async function skus(): Promise<string[]> {
  const { body } = await platform.call<{ items: { sku: string }[] }>('shop', {
    path: '/api/v1/products',
    token: await signIn(),
  })
  return body.items.map(({ sku }) => sku).toSorted()
}

/** Reads the site again and again, as fast as it answers; the database is asked each time. */
function readAllTheTime() {
  const seen: { atMs: number; status: number; state: unknown }[] = []
  let isOver = false
  const reading = (async () => {
    while (!isOver) {
      const answer = await platform.call('shop', { path: '/api/v1/status' }).catch(() => undefined)
      const state = answer?.headers['platen-site-state']
      seen.push({ atMs: performance.now(), status: answer?.status ?? 0, state })
    }
  })()
  return async () => {
    isOver = true
    await reading
    return seen
  }
}

beforeAll(async () => {
  platform = await startPlatform()
  await platen('setup', '--email', 'owner@example.org', '--name', 'Owner')
  const { body } = await platform.call<{ accessToken: string }>('console', {
    method: 'POST',
    path: '/api/v1/auth/login',
    body: { email: 'owner@example.org', password },
  })
  await aSite(platform, body.accessToken, 'shop')
  await setSitePassword(platform, body.accessToken, 'shop', password)
  await addProduct('OLD-1')
  backupId = json<{ backup: { id: string } }>(await platen('backup', 'create', 'shop')).backup.id
  await addProduct('NEW-1')
})
afterAll(async () => {
  await platform.stop()
  await platform.remove()
})

describe('a restore in place', () => {
  test('fails no reader before the exchange, and shows the waiting page for 2 seconds at most', async () => {
    const stopReading = readAllTheTime()
    const ran = await platen('backup', 'restore', backupId, '--in-place', '--yes')
    const seen = await stopReading()
    restoration = json<{ operation: { id: string } }>(ran).operation.id
    const failed = seen.filter(({ status }) => status !== 200)
    expect(failed.filter(({ status, state }) => status !== 503 || state !== 'starting')).toEqual([])
    const pauseMs = failed.length === 0 ? 0 : (failed.at(-1)?.atMs ?? 0) - (failed[0]?.atMs ?? 0)
    console.log(`${seen.length} reads, ${failed.length} of them met the waiting page, within ${pauseMs.toFixed(0)} ms`)
    expect(seen.length).toBeGreaterThan(50)
    expect(pauseMs).toBeLessThan(2_000)
    expect(await skus()).toEqual(['OLD-1'])
  })

  test('is undone with everything that there was before it', async () => {
    await platen('operation', 'undo', restoration)
    expect(await skus()).toEqual(['NEW-1', 'OLD-1'])
  })

  test('left a verified safety backup', async () => {
    const { items } = json<{ items: { state: string; reason: string }[] }>(await platen('backup', 'list', 'shop'))
    expect(items.map(({ state, reason }) => [state, reason])).toEqual([
      ['verified', 'before-restore'],
      ['verified', 'on-demand'],
    ])
  })
})

describe('an archived site', () => {
  test('is not served, and its name is not given to others', async () => {
    await platen('site', 'archive', 'shop')
    expect((await platform.call('shop', { path: '/' })).status).toBe(421)
    expect((await runCommand(platform, ['site', 'create', 'shop'])).err).toContain('shop')
    expect(json(await platen('site', 'list'))).toMatchObject({ items: [{ name: 'shop', state: 'archived' }] })
  })

  test('is revived at its address with what it held', async () => {
    await platen('site', 'revive', 'shop')
    expect(await skus()).toEqual(['NEW-1', 'OLD-1'])
  })
})
