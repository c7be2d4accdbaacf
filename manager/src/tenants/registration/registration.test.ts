import { DriverError } from '@platen/drivers/errors'
import { MemoryMailer } from '@platen/drivers/mail'
import { createJobRunner, type JobRunner } from '@platen/kit/jobs'
import { one, rows, sql } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../../testing/api.ts'
import { testPlatform, type TestPlatform } from '../../../testing/platform.ts'
import { createRegistrationThrottle } from './registration-throttle.ts'
import { sendRegistrationMail } from './registration-mail.ts'

let platform: TestPlatform
let api: TestApi
let mailer: MemoryMailer
let jobs: JobRunner
let people = 0

beforeAll(async () => {
  platform = await testPlatform()
})
beforeEach(async () => {
  // Afresh for each, as the throttle counts by process.
  api = await testApi(platform, undefined, { registration: 'open' })
  mailer = new MemoryMailer()
  await startJobs()
})
afterEach(async () => {
  await jobs.stop()
  await api.close()
  await sql`DELETE FROM manager.registrations; DELETE FROM jobs.jobs; DELETE FROM graphile_worker._private_jobs`.execute(
    platform.database.db,
  )
})
afterAll(() => platform.close())

async function startJobs(): Promise<void> {
  jobs = createJobRunner({
    connection: platform.workerConnection,
    jobs: [sendRegistrationMail],
    deps: { db: platform.workerDb, mailer, vault: platform.vault, consoleUrl: 'https://console.platen.localhost' },
    workerId: 'test',
    pollMs: 50,
  })
  await jobs.start()
}
const aStranger = () => {
  people += 1
  return {
    tenantName: `Atelier ${people}`,
    name: 'Zoé',
    email: `Zoe-${people}@Example.org`,
    password: `un mot de passe assez long ${people}`,
  }
}
const register = (body: object) => api.call({ method: 'POST', path: '/auth/register', body })
const redeem = (token: string) => api.call({ method: 'POST', path: '/auth/register/redemption', body: { token } })
const mailTo = (email: string) =>
  eventually(() => {
    const mail = mailer.sent.find(({ to }) => to === email.toLowerCase())
    if (mail === undefined) throw new Error(`no mail to ${email} yet`)
    return mail
  })
const tokenFor = async (email: string) => /#token=([\w-]+)/.exec((await mailTo(email)).text)?.[1] ?? ''
const accountsOf = (email: string) =>
  rows(
    platform.database.db,
    sql<{
      id: string
      locale: string | null
    }>`SELECT id, locale FROM identity.accounts WHERE email = ${email.toLowerCase()}`,
  )
const countTenants = async () =>
  (await one(platform.database.db, sql<{ n: number }>`SELECT count(*)::int AS n FROM manager.tenants`)).n

describe('registering', () => {
  test('makes account, organisation and session once the link of the mail comes back, and nothing before', async () => {
    const stranger = aStranger()
    const before = await countTenants()
    expect(await register({ ...stranger, locale: 'fr' })).toMatchObject({
      status: 202,
      body: { next: 'open-the-mail', validForHours: 24 },
    })
    const token = await tokenFor(stranger.email)
    expect(await accountsOf(stranger.email)).toEqual([])
    expect(await countTenants()).toBe(before)

    const session = await redeem(token)
    expect(session).toMatchObject({ status: 201, cookies: [{ name: '__Host-platen_refresh' }] })
    expect(await api.call({ method: 'GET', path: '/auth/me', as: session.body })).toMatchObject({
      body: {
        user: { email: stranger.email.toLowerCase(), roles: [{ id: 'owner' }] },
        tenant: { name: stranger.tenantName },
        operator: false,
      },
    })
    expect(await api.call({ method: 'GET', path: '/tenants/me', as: session.body })).toMatchObject({
      body: { settings: { locale: 'fr', contactEmail: stranger.email.toLowerCase() } },
    })
    const { email, password } = stranger
    expect((await api.call({ method: 'POST', path: '/auth/login', body: { email, password } })).status).toBe(200)
  })

  test('an address that has an account is answered, and worked for, as one that has none; its owner is told by mail', async () => {
    const known = await api.person({ role: 'owner' })
    const fresh = aStranger()
    const trace = async (email: string) => {
      const answer = await register({ ...fresh, email })
      const registered = await rows(
        platform.database.db,
        sql`SELECT name, tenant_name, locale, used.action FROM manager.registrations r
          JOIN identity.audit_entries used ON used.resource_id = r.id::text WHERE email = ${email.toLowerCase()}`,
      )
      return { status: answer.status, text: answer.text, registered }
    }
    await jobs.stop()
    expect(await trace(known.email)).toEqual(await trace(fresh.email))
    await startJobs()
    expect(await mailTo(known.email)).toMatchObject({ subject: 'You have an account at console.platen.localhost' })
    expect((await mailTo(known.email)).text).not.toContain('#token')
    expect((await mailTo(fresh.email)).text).toContain('/registration#token=')
  })

  test('a mail carries nothing that the stranger typed', async () => {
    const stranger = { ...aStranger(), name: 'Click https://evil.example', tenantName: 'Buy now' }
    await register(stranger)
    const { subject, text } = await mailTo(stranger.email)
    expect(`${subject} ${text}`).not.toMatch(/evil|Buy now/)
  })

  test('of fifty uses of one link at once exactly one wins', async () => {
    const stranger = aStranger()
    await register(stranger)
    const token = await tokenFor(stranger.email)
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(token)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 49 }, () => 401)])
    expect(await accountsOf(stranger.email)).toHaveLength(1)
    expect(await redeem(token)).toMatchObject({ status: 401, body: { code: 'registration-link-invalid' } })
  })

  test('an account that was made meanwhile keeps its password', async () => {
    const stranger = aStranger()
    await register(stranger)
    const token = await tokenFor(stranger.email)
    await sql`INSERT INTO identity.accounts (id, email, name) VALUES (gen_random_uuid(), ${stranger.email.toLowerCase()}, 'Other')`.execute(
      platform.database.db,
    )
    const before = await countTenants()
    expect(await redeem(token)).toMatchObject({ status: 409, body: { code: 'email-taken' } })
    expect(await countTenants()).toBe(before)
  })

  test('a link that is too old does not work, and what it was for is forgotten', async () => {
    const stranger = aStranger()
    await register(stranger)
    const token = await tokenFor(stranger.email)
    await sql`UPDATE manager.registrations SET expires_at = now() - interval '1 minute', created_at = now() - interval '25 hours'`.execute(
      platform.database.db,
    )
    expect(await redeem(token)).toMatchObject({ status: 401, body: { code: 'registration-link-invalid' } })
    const next = aStranger()
    await register(next)
    await mailTo(next.email)
    const kept = await rows(platform.database.db, sql<{ email: string }>`SELECT email FROM manager.registrations`)
    expect(kept).toEqual([{ email: next.email.toLowerCase() }])
  })

  test('one address gets three mails an hour, however often somebody asks', async () => {
    const stranger = aStranger()
    for (let times = 0; times < 5; times += 1) expect((await register(stranger)).status).toBe(202)
    await eventually(async () => {
      const { n } = await one(
        platform.database.db,
        sql<{ n: number }>`SELECT count(*)::int AS n FROM manager.registrations WHERE sealed_token IS NOT NULL`,
      )
      return n === 0
    })
    expect(mailer.sent).toHaveLength(3)
  })

  test('a relay that is down is asked again; the token is kept sealed until the mail has left', async () => {
    mailer.faults.inject('send', { error: new DriverError('unavailable', 'down'), times: 1 })
    const stranger = aStranger()
    await register(stranger)
    const stored = await one(
      platform.database.db,
      sql<{ sealed_token: string | null }>`SELECT sealed_token FROM manager.registrations`,
    )
    const token = await tokenFor(stranger.email)
    expect(stored.sealed_token).not.toContain(token)
    await eventually(async () => {
      const [row] = await rows(
        platform.database.db,
        sql<{ sealed_token: string | null }>`SELECT sealed_token FROM manager.registrations`,
      )
      return row?.sealed_token === null
    })
  })

  test.each([
    ['a weak password', { password: 'short' }, 'password-unsuitable', '/password'],
    [
      'its address as password',
      { password: 'zoe@some-example.org', email: 'zoe@some-example.org' },
      'password-unsuitable',
      '/password',
    ],
    ['no address', { email: 'nobody' }, 'request-invalid', '/email'],
    ['an empty organisation', { tenantName: ' ' }, 'request-invalid', '/tenantName'],
    ['a wish for more', { operator: true }, 'request-invalid', '/operator'],
  ])('with %s is refused', async (_what, more, code, pointer) => {
    const answer = await register({ ...aStranger(), ...more })
    expect(answer).toMatchObject({ status: 422, body: { code, errors: [{ pointer }] } })
  })
})

test('from one address twenty times in a quarter of an hour, then not before it is over', async () => {
  let now = 1_000_000
  const throttle = createRegistrationThrottle(() => now)
  const attempt = (ip: string) => () => throttle.attempt(ip)
  for (let times = 0; times < 20; times += 1) throttle.attempt('192.0.2.1')
  expect(attempt('192.0.2.1')).toThrow('registration-throttled')
  expect(attempt('192.0.2.2')).not.toThrow()
  now += 15 * 60_000
  expect(attempt('192.0.2.1')).not.toThrow()

  const answers = []
  for (let times = 0; times < 21; times += 1) answers.push(await register({ ...aStranger(), password: 'short' }))
  expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: 'registration-throttled' } })
  expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0)
})

test.each(['closed', 'invitation'] as const)('where registration is %s nobody registers', async (registration) => {
  const shut = await testApi(platform, undefined, { registration })
  const refused = { status: 403, body: { code: 'registration-closed' } }
  const body = aStranger()
  expect(await shut.call({ method: 'POST', path: '/auth/register', body })).toMatchObject(refused)
  const redemption = { method: 'POST', path: '/auth/register/redemption', body: { token: 'x' } } as const
  expect(await shut.call(redemption)).toMatchObject(refused)
  expect((await shut.call({ method: 'GET', path: '/auth/register' })).body).toEqual({ registration })
  await shut.close()
})
