import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { rows, sql } from '@platen/kit/sql'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { ensureSetupCode, hashSetupCode, newSetupCode } from './setup-code.ts'

let platform: TestPlatform
let api: TestApi

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
})
afterAll(async () => {
  await api.close()
  await platform.close()
})
// The audit trail cannot be emptied, by design; what a claim made can.
afterEach(() =>
  sql`TRUNCATE manager.claims; TRUNCATE identity.accounts CASCADE; TRUNCATE manager.tenants CASCADE`.execute(
    platform.database.db,
  ),
)

async function aCode(): Promise<string> {
  await ensureSetupCode(platform.workerDb, api.setupCodeFile)
  return (await readFile(api.setupCodeFile, 'utf8')).trim()
}

const owner = { email: 'Owner@Example.org', password: 'a passphrase that nobody knows', name: 'Ada' }
const claim = (code: string, more: object = {}) =>
  api.call({ method: 'POST', path: '/setup', body: { ...owner, code, ...more } })
const accounts = () => rows(platform.database.db, sql<{ email: string }>`SELECT email FROM identity.accounts`)
const refused = { status: 401, body: { code: 'setup-code-wrong' } }

describe('claiming', () => {
  test('a fresh platform says that it is unclaimed, and afterwards that it is claimed', async () => {
    const read = async () => (await api.call({ method: 'GET', path: '/setup' })).body
    expect(await read()).toEqual({
      claimed: false,
      zone: 'platen.localhost',
      consoleUrl: 'https://console.platen.localhost:32443',
      version: '0.1.0',
    })
    expect((await claim(await aCode())).status).toBe(201)
    expect(await read()).toMatchObject({ claimed: true })
  })

  test('the code makes the owner, signs them in as operator and is gone', async () => {
    const answer = await claim(await aCode())
    expect(answer).toMatchObject({ status: 201, body: { expiresInSeconds: 900 } })
    expect(answer.cookies.map(({ name }) => name)).toEqual(['__Host-platen_refresh'])
    const me = await api.call({ method: 'GET', path: '/auth/me', as: answer.body })
    expect(me.body).toMatchObject({
      user: { email: 'owner@example.org', name: 'Ada', roles: [{ id: 'owner' }] },
      tenant: { name: 'Ada', slug: 'ada' },
      operator: true,
      permissions: ['*'],
    })
    await expect(stat(api.setupCodeFile)).rejects.toThrow('ENOENT')
    const audit = await rows(
      platform.database.db,
      sql`SELECT action, actor_label FROM identity.audit_entries WHERE action = 'platform.claimed' ORDER BY at DESC LIMIT 1`,
    )
    expect(audit).toEqual([{ action: 'platform.claimed', actor_label: 'Owner@Example.org' }])
  })

  test.each([
    ['capitals', (code: string) => code.toUpperCase()],
    ['blanks around it', (code: string) => ` ${code} `],
    ['no hyphens', (code: string) => code.replaceAll('-', '')],
  ])('the code may be typed with %s', async (_how, typed) => {
    expect((await claim(typed(await aCode()))).status).toBe(201)
  })

  test('a wrong code is refused and changes nothing', async () => {
    await aCode()
    expect(await claim(newSetupCode())).toMatchObject(refused)
    expect(await accounts()).toEqual([])
  })

  test('before there is a code every code is refused', async () => {
    expect(await claim(newSetupCode())).toMatchObject(refused)
  })

  test('an expired code is refused', async () => {
    const code = await aCode()
    await sql`UPDATE manager.claims SET expires_at = now() - interval '1 second'`.execute(platform.database.db)
    expect(await claim(code)).toMatchObject(refused)
    expect(await accounts()).toEqual([])
  })

  test('a used code is refused', async () => {
    const code = await aCode()
    expect((await claim(code)).status).toBe(201)
    expect(await claim(code, { email: 'second@example.org' })).toMatchObject(refused)
    expect(await accounts()).toEqual([{ email: 'owner@example.org' }])
  })

  test('a weak password is refused and leaves the code unspent', async () => {
    const code = await aCode()
    expect(await claim(code, { password: 'short' })).toMatchObject({
      status: 422,
      body: { code: 'password-unsuitable', errors: [{ pointer: '/password' }] },
    })
    expect(await accounts()).toEqual([])
    expect((await claim(code)).status).toBe(201)
  })

  test('of fifty claims at once exactly one wins', async () => {
    const code = await aCode()
    // All connections of the pool are open: claims that hold them all must not be in each other's way.
    await Promise.all(Array.from({ length: 50 }, () => claim(newSetupCode())))
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => claim(code, { email: `owner-${index}@example.org` })),
    )
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 401)])
    expect(await accounts()).toHaveLength(1)
    expect(await rows(platform.database.db, sql`SELECT id FROM manager.tenants`)).toHaveLength(1)
  })

  test.each([
    ['an unknown field', { admin: true }, '/admin'],
    ['no address', { email: 'nobody' }, '/email'],
    ['an empty name', { name: '   ' }, '/name'],
    ['a number as password', { password: 5 }, '/password'],
  ])('a claim with %s is refused with a pointer', async (_what, more, pointer) => {
    const answer = await claim(await aCode(), more)
    expect(answer).toMatchObject({ status: 422, body: { code: 'request-invalid' } })
    expect(answer.body.errors.map((place) => place.pointer)).toEqual([pointer])
  })
})

describe('the setup code', () => {
  test('is readable by nobody else and stays the same while it is valid', async () => {
    const code = await aCode()
    expect((await stat(api.setupCodeFile)).mode & 0o777).toBe(0o600)
    expect(await aCode()).toBe(code)
    expect(code).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/)
  })

  test('is replaced when it has run out', async () => {
    const code = await aCode()
    await sql`UPDATE manager.claims SET expires_at = now()`.execute(platform.database.db)
    expect(await aCode()).not.toBe(code)
  })

  test('is replaced when its file was lost or holds something else', async () => {
    const first = await aCode()
    await rm(api.setupCodeFile)
    const second = await aCode()
    expect(second).not.toBe(first)
    await writeFile(api.setupCodeFile, newSetupCode())
    expect((await claim(await aCode())).status).toBe(201)
  })

  test('of processes that start together all agree on the one in the file', async () => {
    await Promise.all(Array.from({ length: 8 }, () => ensureSetupCode(platform.workerDb, api.setupCodeFile)))
    const code = await readFile(api.setupCodeFile, 'utf8')
    const [row] = await rows(platform.database.db, sql<{ code_hash: Buffer }>`SELECT code_hash FROM manager.claims`)
    expect(row?.code_hash.equals(hashSetupCode(code))).toBe(true)
  })

  test('of a claimed platform is removed and not made again', async () => {
    await claim(await aCode())
    await writeFile(api.setupCodeFile, 'left over')
    expect(await ensureSetupCode(platform.workerDb, api.setupCodeFile)).toBe(false)
    await expect(stat(api.setupCodeFile)).rejects.toThrow('ENOENT')
  })
})
