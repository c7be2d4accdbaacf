import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type Answer, type TestApi } from '../testing/api.ts'
import type { TestPerson } from '../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../testing/platform.ts'

let platform: TestPlatform
let api: TestApi
let person: TestPerson

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  person = await api.person({ role: 'admin', hashed: true })
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const refreshCookie = '__Host-platen_refresh'
const ownPage = { 'sec-fetch-site': 'same-origin' }
const login = (body: object) => api.call({ method: 'POST', path: '/auth/login', body })
const signIn = (who = person) => login({ email: who.email, password: who.password })
const cookieOf = (answer: Answer): string => answer.cookies.find(({ name }) => name === refreshCookie)?.value ?? ''
const withCookie = (path: string, cookie: string, headers: Record<string, string> = ownPage) =>
  api.call({ method: 'POST', path, headers: { ...headers, ...(cookie && { cookie: `${refreshCookie}=${cookie}` }) } })
const me = (accessToken: string) => api.call({ method: 'GET', path: '/auth/me', as: { accessToken } })

describe('signing in', () => {
  test('gives an access token and a refresh cookie that scripts and other hosts cannot use', async () => {
    const answer = await login({ email: person.email.toUpperCase(), password: person.password })
    expect(answer).toMatchObject({ status: 200, body: { expiresInSeconds: 900 } })
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^__Host-platen_refresh=[^;]+;.*Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect((await me(answer.body.accessToken)).body).toMatchObject({
      user: { email: person.email, roles: [{ id: 'admin', name: 'admin', system: true }] },
      operator: false,
      tenant: { id: person.tenantId },
    })
  })

  test('a wrong password and an unknown address are refused in the same words', async () => {
    const wrong = await login({ email: person.email, password: 'not the password of anybody' })
    const unknown = await login({ email: 'nobody@example.org', password: person.password })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'credentials-wrong' } })
    expect({ ...unknown.body, instance: '' }).toEqual({ ...wrong.body, instance: '' })
    expect(wrong.cookies).toEqual([])
  })

  test('people of a suspended tenant are out, with what they hold and with their password', async () => {
    const member = await api.person({ role: 'admin', hashed: true })
    const session = await signIn(member)
    const operator = await api.person({ role: 'owner', operator: true })
    const path = `/tenants/${member.tenantId}/suspension`
    expect((await api.call({ method: 'PUT', path, body: {}, as: operator })).status).toBeLessThan(300)
    expect(await me(session.body.accessToken)).toMatchObject({ status: 401, body: { code: 'session-ended' } })
    expect(await withCookie('/auth/refresh', cookieOf(session))).toMatchObject({ status: 401 })
    expect(await signIn(member)).toMatchObject({ status: 401, body: { code: 'credentials-wrong' } })
    expect((await api.call({ method: 'DELETE', path, as: operator })).status).toBeLessThan(300)
    expect((await signIn(member)).status).toBe(200)
  })

  test('after ten failures the account has to wait', async () => {
    const victim = await api.person({ role: 'reader', hashed: true })
    const attempts = Array.from({ length: 10 }, () => login({ email: victim.email, password: 'guess' }))
    expect(new Set((await Promise.all(attempts)).map(({ status }) => status))).toEqual(new Set([401]))
    const throttled = await signIn(victim)
    expect(throttled).toMatchObject({ status: 429, body: { code: 'sign-in-throttled', retryable: true } })
    expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('an unknown field is refused with a pointer', async () => {
    expect(await login({ email: person.email, password: person.password, remember: true })).toMatchObject({
      status: 422,
      body: { code: 'request-invalid', errors: [{ pointer: '/remember' }] },
    })
  })
})

describe('staying signed in', () => {
  test('the cookie is exchanged for a new token and a new cookie', async () => {
    const first = await signIn()
    const second = await withCookie('/auth/refresh', cookieOf(first))
    expect(second).toMatchObject({ status: 200, body: { expiresInSeconds: 900 } })
    expect(cookieOf(second)).not.toBe(cookieOf(first))
    expect((await me(second.body.accessToken)).status).toBe(200)
  })

  test('a spent cookie used again after the grace ends the whole session', async () => {
    const first = await signIn()
    const second = await withCookie('/auth/refresh', cookieOf(first))
    await sql`UPDATE identity.refresh_tokens SET used_at = used_at - interval '1 minute' WHERE used_at IS NOT NULL`.execute(
      platform.database.db,
    )
    const ended = { status: 401, body: { code: 'session-ended' } }
    expect(await withCookie('/auth/refresh', cookieOf(first))).toMatchObject(ended)
    expect(await withCookie('/auth/refresh', cookieOf(second))).toMatchObject(ended)
    expect(await me(second.body.accessToken)).toMatchObject(ended)
  })

  test.each([
    ['no cookie', '', ownPage, 'session-ended'],
    ['an invented cookie', 'invented', ownPage, 'session-ended'],
    ['a page of another origin', 'cookie', { 'sec-fetch-site': 'cross-site' }, 'origin-refused'],
    ['no word on the origin', 'cookie', { accept: 'application/json' }, 'origin-refused'],
  ])('with %s the refresh is refused', async (_what, cookie, headers, code) => {
    const value = cookie === 'cookie' ? cookieOf(await signIn()) : cookie
    expect((await withCookie('/auth/refresh', value, headers)).body).toMatchObject({ code })
  })
})

describe('signing out', () => {
  test('ends the session at once and takes the cookie away', async () => {
    const session = await signIn()
    expect((await me(session.body.accessToken)).status).toBe(200)
    const left = await withCookie('/auth/logout', cookieOf(session))
    expect(left.status).toBe(204)
    expect(String(left.headers['set-cookie'])).toMatch(/^__Host-platen_refresh=;.*Expires=Thu, 01 Jan 1970/)
    expect(await me(session.body.accessToken)).toMatchObject({ status: 401, body: { code: 'session-ended' } })
    expect((await withCookie('/auth/refresh', cookieOf(session))).status).toBe(401)
  })

  test('without a session is no error', async () => {
    expect((await withCookie('/auth/logout', '')).status).toBe(204)
  })
})

describe('the password', () => {
  const change = (as: TestPerson, body: object) => api.call({ method: 'PUT', path: '/auth/password', body, as })

  test('is changed by who knows it, and other sessions end', async () => {
    const changing = await api.person({ role: 'member', hashed: true })
    const other = await signIn(changing)
    const newPassword = 'another passphrase altogether'
    expect(await change(changing, { currentPassword: 'wrong', newPassword })).toMatchObject({
      status: 422,
      body: { code: 'password-wrong', errors: [{ pointer: '/currentPassword' }] },
    })
    expect(await change(changing, { currentPassword: changing.password, newPassword: 'short' })).toMatchObject({
      status: 422,
      body: { code: 'password-unsuitable' },
    })
    expect((await change(changing, { currentPassword: changing.password, newPassword })).status).toBe(204)
    expect((await me(other.body.accessToken)).status).toBe(401)
    expect((await me(changing.accessToken)).status).toBe(200)
    expect((await login({ email: changing.email, password: newPassword })).status).toBe(200)
  })
})

test.each([
  ['none', {}, 'credentials-missing'],
  ['another scheme', { authorization: 'Basic YTpi' }, 'credentials-missing'],
  ['an invented token', { authorization: 'Bearer abc.def.ghi' }, 'session-ended'],
])('a request with %s as credentials is refused', async (_what, headers, code) => {
  expect(await api.call({ method: 'GET', path: '/auth/me', headers })).toMatchObject({ status: 401, body: { code } })
})

test('sign-ins, refusals and sign-outs are in the audit trail', async () => {
  await withCookie('/auth/logout', cookieOf(await signIn()))
  const found = await withScope(platform.workerDb, { operator: true }, (tx) =>
    rows(tx, sql<{ action: string }>`SELECT DISTINCT action FROM identity.audit_entries ORDER BY action`),
  )
  const actions = found.map(({ action }) => action)
  expect(actions).toEqual(
    expect.arrayContaining(['session.opened', 'session.closed', 'session.refused', 'password.changed']),
  )
})
