// What every vendor of the capability must do. `make` gives a prepared, empty server; `connects` tells whether a role gets in.
import { randomBytes } from 'node:crypto'
import { Secret } from '@platen/kit/secrets'
import { siteRoleNames } from '@platen/kit/names'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseServer, SiteDatabaseRequest, SiteRole } from './contract.ts'

export interface DatabaseServerFixture {
  server: DatabaseServer
  close(): Promise<void>
}

/** A request for a fresh site database, as the manager would make it. */
export function aSiteRequest(overrides: Partial<SiteDatabaseRequest> = {}): SiteDatabaseRequest {
  const name = overrides.name ?? `s_${randomBytes(8).toString('hex')}`
  return { name, template: null, tag: 'site-1', roles: siteRolesOf(name), session: 'op:test:1', ...overrides }
}

export function siteRolesOf(name: string): SiteRole[] {
  const limits = { owner: 4, app: 8, reader: 2, dumper: 2 } as const
  const names = siteRoleNames(name)
  return (['owner', 'app', 'reader', 'dumper'] as const).map((kind) => ({
    name: names[kind],
    kind,
    password: new Secret(randomBytes(32).toString('base64url')),
    connectionLimit: limits[kind],
  }))
}

export function databaseServerConformance(vendor: string, make: () => Promise<DatabaseServerFixture>): void {
  describe(`${vendor}: contract of a database server`, () => {
    let fixture: DatabaseServerFixture
    let server: DatabaseServer
    beforeAll(async () => {
      fixture = await make()
      server = fixture.server
    })
    afterAll(() => fixture?.close())

    const named = async (name: string) => (await server.describe()).databases.find((database) => database.name === name)
    const rolesOf = async (request: SiteDatabaseRequest) => {
      const { roles } = await server.describe()
      return roles.filter((role) => request.roles.some((wanted) => wanted.name === role.name)).length
    }
    const remove = (request: SiteDatabaseRequest) =>
      server.removeSiteDatabase({
        name: request.name,
        roles: request.roles.map((role) => role.name),
        session: request.session,
      })

    test('a site database is created once, and repeating it changes nothing', async () => {
      const request = aSiteRequest()
      expect(await server.ensureSiteDatabase(request)).toEqual({ created: true })
      expect(await server.ensureSiteDatabase(request)).toEqual({ created: false })
      expect(await named(request.name)).toEqual({
        name: request.name,
        tag: 'site-1',
        template: false,
        halfDropped: false,
      })
      expect(await rolesOf(request)).toBe(4)
      await remove(request)
    })

    test('a name that carries another tag is refused as already existing', async () => {
      const request = aSiteRequest()
      await server.ensureSiteDatabase(request)
      await expect(server.ensureSiteDatabase({ ...request, tag: 'site-2' })).rejects.toMatchObject({
        kind: 'already-exists',
      })
      expect((await named(request.name))?.tag).toBe('site-1')
      await remove(request)
    })

    test('a tag may hold quotes, backslashes and other letters', async () => {
      const request = aSiteRequest({ tag: String.raw`it's a "tag" \ $$ d'été` })
      await server.ensureSiteDatabase(request)
      expect((await named(request.name))?.tag).toBe(request.tag)
      expect(await server.ensureSiteDatabase(request)).toEqual({ created: false })
      await remove(request)
    })

    test('of several callers at once with the same tag exactly one creates', async () => {
      const request = aSiteRequest()
      const answers = await Promise.all(Array.from({ length: 6 }, () => server.ensureSiteDatabase(request)))
      expect(answers.filter((answer) => answer.created)).toHaveLength(1)
      await remove(request)
    })

    test('of several callers at once with different tags exactly one wins and the others hear already-exists', async () => {
      const request = aSiteRequest()
      const outcomes = await Promise.allSettled(
        Array.from({ length: 6 }, (_, index) => server.ensureSiteDatabase({ ...request, tag: `site-${index}` })),
      )
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ kind: 'already-exists', retryable: false })
      }
      await remove(request)
    })

    test('removing takes database and roles away, and removing the absent succeeds', async () => {
      const request = aSiteRequest()
      await server.ensureSiteDatabase(request)
      await remove(request)
      expect(await named(request.name)).toBeUndefined()
      expect(await rolesOf(request)).toBe(0)
      await expect(remove(request)).resolves.toBeUndefined()
    })

    test('removing with the wrong tag is refused', async () => {
      const request = aSiteRequest()
      await server.ensureSiteDatabase(request)
      const roles = request.roles.map((role) => role.name)
      const wrong = server.removeSiteDatabase({ name: request.name, roles, session: 'op:test:1', tag: 'site-2' })
      await expect(wrong).rejects.toMatchObject({ kind: 'refused' })
      expect(await named(request.name)).toBeDefined()
      await remove(request)
    })

    test.each(['', 'A', '1a', 'a-b', 'a b', 'a"b', "a';drop", 'é', 'a'.repeat(64), 'pg_x\0'])(
      'the name %j is refused before anything is sent',
      async (name) => {
        await expect(server.ensureSiteDatabase({ ...aSiteRequest(), name })).rejects.toMatchObject({ kind: 'refused' })
        await expect(server.removeSiteDatabase({ name, roles: [], session: 's' })).rejects.toMatchObject({
          kind: 'refused',
        })
        await expect(server.removeSiteDatabase({ name: 's_ok', roles: [name], session: 's' })).rejects.toMatchObject({
          kind: 'refused',
        })
        await expect(server.ensureTemplate(name, async () => {})).rejects.toMatchObject({ kind: 'refused' })
      },
    )

    test('a template that does not exist is not found, and no database is left', async () => {
      const request = aSiteRequest({ template: 't_0000000000000000' })
      await expect(server.ensureSiteDatabase(request)).rejects.toMatchObject({ kind: 'not-found' })
      expect(await named(request.name)).toBeUndefined()
      await remove(request)
    })

    test('a template is built once, also when several ask for it at once', async () => {
      const name = `t_${randomBytes(8).toString('hex')}`
      let builds = 0
      const build = async (): Promise<void> => void (builds += 1)
      await Promise.all([server.ensureTemplate(name, build), server.ensureTemplate(name, build)])
      await server.ensureTemplate(name, build)
      expect(builds).toBe(1)
      expect(await named(name)).toMatchObject({ template: true })
      await server.removeTemplate(name)
      await server.removeTemplate(name)
      expect(await named(name)).toBeUndefined()
    })

    test('a template whose build failed is not used, and the next call builds it', async () => {
      const name = `t_${randomBytes(8).toString('hex')}`
      const failing = server.ensureTemplate(name, () => Promise.reject(new Error('migration 7 failed')))
      await expect(failing).rejects.toThrow('migration 7 failed')
      expect((await named(name))?.template ?? false).toBe(false)
      await server.ensureTemplate(name, async () => {})
      expect(await named(name)).toMatchObject({ template: true })
      await server.removeTemplate(name)
    })

    test('a template is neither a site database nor removed as one', async () => {
      const name = `t_${randomBytes(8).toString('hex')}`
      await server.ensureTemplate(name, async () => {})
      await expect(server.ensureSiteDatabase(aSiteRequest({ name }))).rejects.toMatchObject({ kind: 'already-exists' })
      await expect(server.removeSiteDatabase({ name, roles: [], session: 's' })).rejects.toMatchObject({
        kind: 'refused',
      })
      await server.removeTemplate(name)
    })

    test('a call whose signal has fired does nothing', async () => {
      const request = aSiteRequest()
      const signal = AbortSignal.abort()
      await expect(server.ensureSiteDatabase(request, { signal })).rejects.toMatchObject({ kind: 'unavailable' })
      expect(await named(request.name)).toBeUndefined()
    })

    test('a healthy server says so, with its version', async () => {
      const health = await server.check()
      expect(health.ok).toBe(true)
      expect(health.version).not.toBe('')
    })
  })
}
