// What every vendor of the capability must do. `make` gives a prepared, empty server.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Secret } from '@platen/kit/secrets'
import { siteRoleNames } from '@platen/kit/names'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseServer, SiteDatabaseRequest, SiteRole, SiteRoleKind } from './contract.ts'

export interface DatabaseServerFixture {
  server: DatabaseServer
  /** Keeps a text in the database, in a table that is made at the first one, and reads them all. */
  write(request: SiteDatabaseRequest, text: string): Promise<void>
  read(request: SiteDatabaseRequest): Promise<string[]>
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

    const login = (request: SiteDatabaseRequest, kind: SiteRoleKind) => {
      const role = request.roles.find((candidate) => candidate.kind === kind)
      if (!role) throw new Error(`no ${kind}`)
      return { database: request.name, user: role.name, password: role.password, session: request.session }
    }
    const made = async (overrides: Partial<SiteDatabaseRequest> = {}): Promise<SiteDatabaseRequest> => {
      const request = aSiteRequest(overrides)
      await server.ensureSiteDatabase(request)
      return request
    }
    const dumpOf = async (request: SiteDatabaseRequest): Promise<Buffer> => {
      const snapshot = await server.exportSnapshot(request.name, { session: request.session })
      try {
        return await buffer(server.dump({ ...login(request, 'dumper'), snapshot: snapshot.snapshot }))
      } finally {
        await snapshot.close()
      }
    }

    test('a dump restored into an empty database gives the same rows', async () => {
      const [source, target] = [await made(), await made()]
      for (const text of ['one', "it's d'été", '']) await fixture.write(source, text)
      const archive = await dumpOf(source)
      await server.restore({ ...login(target, 'owner'), archive: Readable.from([archive]) })
      expect((await fixture.read(target)).toSorted()).toEqual(['', "it's d'été", 'one'])
      await fixture.write(target, 'and it lives')
      await Promise.all([remove(source), remove(target)])
    })

    test('a dump shows the moment of its snapshot, whatever was written since', async () => {
      const [source, target] = [await made(), await made()]
      await fixture.write(source, 'before')
      const snapshot = await server.exportSnapshot(source.name, { session: source.session })
      await fixture.write(source, 'after')
      const archive = server.dump({ ...login(source, 'dumper'), snapshot: snapshot.snapshot })
      await server.restore({ ...login(target, 'owner'), archive })
      await snapshot.close()
      await snapshot.close()
      expect(await fixture.read(target)).toEqual(['before'])
      await Promise.all([remove(source), remove(target)])
    })

    test('a dump of a snapshot that is closed, or of another database, fails instead of being empty', async () => {
      const [source, other] = [await made(), await made()]
      await fixture.write(source, 'one')
      const snapshot = await server.exportSnapshot(other.name, { session: source.session })
      const request = { ...login(source, 'dumper'), snapshot: snapshot.snapshot }
      await expect(buffer(server.dump(request))).rejects.toMatchObject({ name: 'DriverError' })
      await snapshot.close()
      const closed = { ...login(other, 'dumper'), snapshot: snapshot.snapshot }
      await expect(buffer(server.dump(closed))).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
      await Promise.all([remove(source), remove(other)])
    })

    test('a dump or a restore with the wrong password is unauthorized', async () => {
      const source = await made()
      const snapshot = await server.exportSnapshot(source.name, { session: source.session })
      const password = new Secret('wrong')
      const dump = server.dump({ ...login(source, 'dumper'), password, snapshot: snapshot.snapshot })
      await expect(buffer(dump)).rejects.toMatchObject({ kind: 'unauthorized' })
      const archive = Readable.from([await dumpOf(source)])
      const restore = server.restore({ ...login(source, 'owner'), password, archive })
      await expect(restore).rejects.toMatchObject({ kind: 'unauthorized' })
      await snapshot.close()
      await remove(source)
    })

    test('a snapshot of a database that does not exist is not found', async () => {
      await expect(server.exportSnapshot('s_nobody', { session: 's' })).rejects.toMatchObject({ kind: 'not-found' })
      await expect(server.databaseSize('s_nobody')).rejects.toMatchObject({ kind: 'not-found' })
    })

    test('a restore into a database that holds something is refused, and what it holds stays', async () => {
      const source = await made()
      await fixture.write(source, 'one')
      const archive = await dumpOf(source)
      const again = server.restore({ ...login(source, 'owner'), archive: Readable.from([archive]) })
      await expect(again).rejects.toMatchObject({ kind: 'refused' })
      expect(await fixture.read(source)).toEqual(['one'])
      await remove(source)
    })

    test('an archive that fails at its very end is not restored, and its error is the one that comes out', async () => {
      const [source, target] = [await made(), await made()]
      await fixture.write(source, 'one')
      const archive = await dumpOf(source)
      const failing = Readable.from(
        (function* () {
          yield archive
          throw new RangeError('the last tag is wrong')
        })(),
      )
      const restoring = server.restore({ ...login(target, 'owner'), archive: failing })
      await expect(restoring).rejects.toThrow('the last tag is wrong')
      // Still empty: the next one is not refused.
      await server.restore({ ...login(target, 'owner'), archive: Readable.from([archive]) })
      expect(await fixture.read(target)).toEqual(['one'])
      await Promise.all([remove(source), remove(target)])
    })

    test('what is not a dump is refused', async () => {
      const target = await made()
      const archive = Readable.from([Buffer.from('-- a plain script\ndrop database postgres;\n')])
      await expect(server.restore({ ...login(target, 'owner'), archive })).rejects.toMatchObject({ kind: 'refused' })
      await remove(target)
    })

    test('a swap by two renames: each once, repeating them changes nothing, and the roles are those of the new name', async () => {
      const [live, side] = [await made({ tag: 'site-1' }), await made({ tag: 'op-1' })]
      await fixture.write(live, 'old')
      await fixture.write(side, 'new')
      const aside = `${live.name}_old`
      const away = { from: live.name, to: aside, tag: 'site-1', newTag: 'op-1-old', session: live.session }
      expect(await server.renameDatabase(away)).toEqual({ renamed: true })
      expect(await server.renameDatabase(away)).toEqual({ renamed: false })
      const back = { from: side.name, to: live.name, tag: 'op-1', newTag: 'site-1', session: live.session }
      expect(await server.renameDatabase(back)).toEqual({ renamed: true })
      expect(await server.renameDatabase(back)).toEqual({ renamed: false })
      expect(await server.ensureSiteDatabase(live)).toEqual({ created: false })
      expect(await fixture.read(live)).toEqual(['new'])
      expect((await named(aside))?.tag).toBe('op-1-old')
      // The roles of the side name own nothing any more: they go although the database they came with stays.
      await server.removeSiteDatabase({ name: side.name, roles: side.roles.map((role) => role.name), session: 's' })
      await server.removeSiteDatabase({ name: aside, roles: [], session: 's', tag: 'op-1-old' })
      await remove(live)
      expect((await server.describe()).databases.filter(({ name }) => [aside, side.name].includes(name))).toEqual([])
    })

    test('a rename of the absent is not found, over an existing name already-exists, of another tag refused', async () => {
      const [one, two] = [await made({ tag: 'a' }), await made({ tag: 'b' })]
      const rename = (from: string, to: string, tag: string) =>
        server.renameDatabase({ from, to, tag, session: one.session })
      await expect(rename('s_nobody', 's_new', 'a')).rejects.toMatchObject({ kind: 'not-found' })
      await expect(rename(one.name, two.name, 'a')).rejects.toMatchObject({ kind: 'already-exists' })
      await expect(rename(one.name, 's_new', 'b')).rejects.toMatchObject({ kind: 'refused' })
      await expect(rename(one.name, one.name, 'a')).rejects.toMatchObject({ kind: 'refused' })
      await expect(rename(one.name, 'A"b', 'a')).rejects.toMatchObject({ kind: 'refused' })
      await Promise.all([remove(one), remove(two)])
    })

    test('the size of a database grows with what is in it', async () => {
      const request = await made()
      const empty = await server.databaseSize(request.name)
      await fixture.write(request, 'x'.repeat(50_000))
      expect(await server.databaseSize(request.name)).toBeGreaterThan(empty)
      await remove(request)
    })

    test('an untouched site database has nothing wrong, and inspecting finds what is missing', async () => {
      const request = await made()
      const absent = aSiteRequest()
      const passwordsOf = [request.name, absent.name]
      expect(await server.inspectSiteDatabases([request, absent], { passwordsOf })).toEqual([
        { name: request.name, exists: true, halfDropped: false, tag: request.tag, wrong: [] },
        { name: absent.name, exists: false, halfDropped: false, tag: null, wrong: [] },
      ])
      const [app] = request.roles.filter(({ kind }) => kind === 'app')
      const other = {
        ...request,
        roles: request.roles.map((role) => ({ ...role, password: new Secret('x'.repeat(40)) })),
      }
      const [found] = await server.inspectSiteDatabases([other], { passwordsOf })
      expect(found?.wrong).toContain(`the role ${app?.name} has another password`)
      expect(found?.wrong).toHaveLength(4)
      await remove(request)
    })

    test('repairing sets roles again, and never makes a database or touches that of another tag', async () => {
      const request = await made()
      await fixture.write(request, 'kept')
      const changed = { ...request, roles: request.roles.map((role) => ({ ...role, connectionLimit: 3 })) }
      const wrongOf = async (wanted: SiteDatabaseRequest) => (await server.inspectSiteDatabases([wanted]))[0]?.wrong
      expect(await wrongOf(changed)).toHaveLength(4)
      await server.repairSiteDatabase(changed)
      expect(await wrongOf(changed)).toEqual([])
      expect(await fixture.read(request)).toEqual(['kept'])
      await expect(server.repairSiteDatabase({ ...request, tag: 'another' })).rejects.toMatchObject({ kind: 'refused' })
      await expect(server.repairSiteDatabase(aSiteRequest())).rejects.toMatchObject({ kind: 'not-found' })
      await remove(request)
    })

    test('a healthy server says so, with its version', async () => {
      const health = await server.check()
      expect(health.ok).toBe(true)
      expect(health.version).not.toBe('')
    })
  })
}
