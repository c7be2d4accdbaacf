import { newId } from '@platen/kit/ids'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Runtime, RuntimeConnection } from './contract.ts'

export interface RuntimeFixture {
  runtime: Runtime
  /** A new database without tables, as somebody who may migrate it. */
  emptyDatabase(): Promise<RuntimeConnection>
  /** A copy of a database, row by row. */
  clone(connection: RuntimeConnection): Promise<RuntimeConnection>
  /** Makes the bench serve this database as this site. */
  serve(siteId: string, connection: RuntimeConnection): Promise<void>
  close(): Promise<void>
}

export function runtimeConformance(vendor: string, make: () => Promise<RuntimeFixture>): void {
  describe(`${vendor}: contract of a runtime`, () => {
    let fixture: RuntimeFixture
    let runtime: Runtime
    beforeAll(async () => {
      fixture = await make()
      runtime = fixture.runtime
    })
    afterAll(() => fixture?.close())

    const migrated = async (): Promise<RuntimeConnection> => {
      const connection = await fixture.emptyDatabase()
      await runtime.buildTemplate({ connection })
      return connection
    }
    const seed = (connection: RuntimeConnection, siteId: string, email = 'anne@example.fr') =>
      runtime.seedAdministrator({ siteId, connection, email, name: 'Anne' })

    test('its release has a name that can name a template, and apps', async () => {
      const { release, apps } = await runtime.describe()
      expect(release).toMatch(/^[0-9a-f]{8,40}$/)
      expect(apps.length).toBeGreaterThan(0)
    })

    test('building a template leaves nothing to migrate, and may be repeated', async () => {
      const connection = await migrated()
      await runtime.buildTemplate({ connection })
      expect(await runtime.migrate({ connection })).toEqual({ applied: [] })
    })

    test('migrating an older database applies what is missing, once', async () => {
      const connection = await fixture.emptyDatabase()
      expect((await runtime.migrate({ connection })).applied.length).toBeGreaterThan(0)
      expect(await runtime.migrate({ connection })).toEqual({ applied: [] })
    })

    test('the same administrator seeded again, also at once, is one administrator', async () => {
      const connection = await migrated()
      const siteId = newId()
      await seed(connection, siteId)
      const before = await runtime.digest({ connection })
      await Promise.all([seed(connection, siteId), seed(connection, siteId, 'Anne@Example.fr')])
      const rowsOf = ({ tables }: typeof before) => tables.map(({ name, rows }) => [name, rows])
      expect(rowsOf(await runtime.digest({ connection }))).toEqual(rowsOf(before))
      const fresh = await migrated()
      await Promise.all([1, 2, 3, 4].map(() => seed(fresh, siteId)))
      expect(rowsOf(await runtime.digest({ connection: fresh }))).toEqual(rowsOf(before))
    })

    test('a ticket is a secret of its own each time, and expires when it was asked to', async () => {
      const [connection, siteId] = [await migrated(), newId()]
      await seed(connection, siteId)
      await fixture.serve(siteId, connection)
      const ask = () =>
        runtime.issueTicket({ siteId, email: 'Anne@example.fr', actorLabel: 'op@example.fr', expiresInSeconds: 60 })
      const [one, other] = await Promise.all([ask(), ask()])
      expect(one.token.expose()).not.toBe(other.token.expose())
      expect(Math.abs(new Date(one.expiresAt).getTime() - Date.now() - 60_000)).toBeLessThan(10_000)
    })

    test('a ticket for a site that is not served, or for nobody in it, is not-found', async () => {
      const [connection, siteId] = [await migrated(), newId()]
      await seed(connection, siteId)
      await fixture.serve(siteId, connection)
      const ask = { siteId, email: 'anne@example.fr', actorLabel: 'op', expiresInSeconds: 60 }
      await expect(runtime.issueTicket({ ...ask, siteId: newId() })).rejects.toMatchObject({ kind: 'not-found' })
      await expect(runtime.issueTicket({ ...ask, email: 'nobody@example.fr' })).rejects.toMatchObject({
        kind: 'not-found',
      })
    })

    test('digests of a copy are equal, and of a changed copy are not', async () => {
      const connection = await migrated()
      const empty = await runtime.digest({ connection })
      await seed(connection, newId())
      const original = await runtime.digest({ connection })
      expect(original).not.toEqual(empty)
      const copy = await fixture.clone(connection)
      expect(await runtime.digest({ connection: copy })).toEqual(original)
      await seed(copy, newId(), 'bernard@example.fr')
      expect(await runtime.digest({ connection: copy })).not.toEqual(original)
      expect(await runtime.digest({ connection })).toEqual(original)
    })

    test('a smoke test passes with an administrator of that site, and says what is wrong without', async () => {
      const [connection, siteId] = [await migrated(), newId()]
      const empty = await runtime.smokeTest({ siteId, connection })
      expect(empty.ok).toBe(false)
      expect(empty.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['identity'])
      await seed(connection, siteId)
      expect(await runtime.smokeTest({ siteId, connection })).toMatchObject({ ok: true })
    })

    test('a copy that another site adopts has the administrator of the first, and may be adopted again', async () => {
      const [connection, fromSiteId, toSiteId] = [await migrated(), newId(), newId()]
      await seed(connection, fromSiteId)
      const copy = await fixture.clone(connection)
      await runtime.adopt({ connection: copy, fromSiteId, toSiteId })
      await runtime.adopt({ connection: copy, fromSiteId, toSiteId })
      expect(await runtime.smokeTest({ siteId: toSiteId, connection: copy })).toMatchObject({ ok: true })
      expect(await runtime.smokeTest({ siteId: fromSiteId, connection })).toMatchObject({ ok: true })
      await fixture.serve(toSiteId, copy)
      const ask = { siteId: toSiteId, email: 'anne@example.fr', actorLabel: 'op', expiresInSeconds: 60 }
      await expect(runtime.issueTicket(ask)).resolves.toHaveProperty('token')
    })

    test('a call whose signal has fired is not made: unavailable, worth a retry', async () => {
      const signal = AbortSignal.abort(new Error('the lease is lost'))
      await expect(runtime.describe({ signal })).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
    })
  })
}
