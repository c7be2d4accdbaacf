import { createHttpServer, type HttpServer } from '@platen/kit/http'
import { createLogger } from '@platen/kit/logging'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthorizer, registerAuthRoutes } from '../index.ts'
import { openTestIdentity, password, type Person, type TestIdentity } from '../testing/identity.ts'

const host = 'anvil.test'
let home: TestIdentity
let app: HttpServer
let person: Person
beforeAll(async () => {
  home = await openTestIdentity('site')
  person = await home.aPerson()
  app = await createHttpServer({
    name: 'fixation-test',
    version: '0',
    logger: createLogger({ name: 'fixation-test', level: 'fatal' }),
    authorize: createAuthorizer(() => home.identity),
    openapi: { title: 'Identity', description: 'under test' },
    ready: async () => ({ ok: true, checks: {} }),
  })
  registerAuthRoutes(app, () => home.identity)
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await home.database.drop()
})

const login = (cookie?: string) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/auth/login',
    headers: { host, origin: `https://${host}`, ...(cookie === undefined ? {} : { cookie }) },
    payload: { email: person.email, password },
  })
type Answer = Awaited<ReturnType<typeof login>>
const cookieOf = (answer: Answer): string => String(answer.headers['set-cookie'])
const pairOf = (answer: Answer): string => cookieOf(answer).split(';')[0] ?? ''
const sessionOf = async (answer: Answer): Promise<string | undefined> =>
  (await home.identity.authenticate(answer.json<{ accessToken: string }>().accessToken))?.sessionId

describe('session fixation (attack 18)', () => {
  test('fails: signing in makes a new session, whatever cookie the browser brought', async () => {
    const first = await login()
    for (const planted of [pairOf(first), '__Host-platen_refresh=chosen-by-the-attacker', 'platen_refresh=x']) {
      const again = await login(planted)
      expect(again.statusCode).toBe(200)
      expect(pairOf(again)).not.toBe(planted)
      expect(await sessionOf(again)).not.toBe(await sessionOf(first))
    }
  })

  test('fails: the cookie can be set by this very host over HTTPS only, and no script reads it', async () => {
    const cookie = cookieOf(await login())
    expect(cookie).toMatch(/^__Host-platen_refresh=[\w-]{43};/)
    for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']) expect(cookie).toContain(attribute)
    expect(cookie).not.toContain('Domain=')
  })

  test('fails: a session that changes its password ends all others', async () => {
    const [mine, planted] = [await login(), await login()]
    const changed = await app.inject({
      method: 'PUT',
      url: '/api/v1/auth/password',
      headers: { host, authorization: `Bearer ${mine.json<{ accessToken: string }>().accessToken}` },
      payload: { currentPassword: password, newPassword: 'une autre phrase, plus longue' },
    })
    expect(changed.statusCode).toBe(204)
    expect(await sessionOf(planted)).toBeUndefined()
  })
})
