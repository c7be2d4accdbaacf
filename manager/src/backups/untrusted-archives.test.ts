// Archives that somebody made or changed on purpose, and dumps that say something else than the site: with real tools and databases.
// First what a stranger can do who can write to the object store; then what even the holder of all keys cannot.
import { spawn } from 'node:child_process'
import { generateKeyPairSync, randomBytes, createSecretKey } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { DatabaseServer } from '@platen/drivers/databases'
import { siteDatabaseName } from '@platen/kit/names'
import type { Connection } from '@platen/kit/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { filesOf, forge, putManifest, readWhole, storedBackup, type StoredBackup } from '../../testing/archives.ts'
import { aReservedSite, aTenant, runWith } from '../../testing/builders.ts'
import { inventory } from '../../testing/inventory.ts'
import {
  aBackupRow,
  aFilledSite,
  aRealBackup,
  realPlatform,
  type FilledSite,
  type RealPlatform,
} from '../../testing/real-platform.ts'
import { backUpSite, restoreSiteAsNew } from './index.ts'

let real: RealPlatform
let site: FilledSite
let backup: StoredBackup

beforeAll(async () => {
  real = await realPlatform()
  site = await aFilledSite(real, await aTenant(real.platform))
})
afterAll(() => real?.close())

beforeEach(async () => {
  const { backupId } = await aRealBackup(real.platform, site)
  backup = await storedBackup(real.platform, backupId)
  await readWhole(real.platform, backup)
})

/** Restores it as a new site; answers how that failed, and checks that nothing else changed. */
async function restoring(): Promise<string> {
  const { platform } = real
  const { siteId } = await aReservedSite(platform, site.tenant)
  const before = await everythingShared()
  const view = await runWith(platform, site.tenant, restoreSiteAsNew, { siteId, backupId: backup.row.id })
  expect(view.state).toBe('failed')
  expect(await everythingShared()).toEqual(before)
  return `${view.problem?.code}: ${view.problem?.detail}`
}

/** What is not in one database: roles with their rights, settings and passwords, who may enter where, and every site and object. */
async function everythingShared(): Promise<object> {
  const { cluster, platform } = real
  const look = (text: string) => cluster.query(cluster.superuser, text)
  const { sites: _, ...things } = { sites: [], ...(await inventory(platform)) }
  return {
    ...things,
    roles: await look('select * from pg_authid order by rolname'),
    databases: await look('select datname, datdba, datacl, datallowconn, datconnlimit from pg_database order by 1'),
    settings: await look('select * from pg_db_role_setting order by 1, 2'),
    members: await look('select roleid, member, admin_option from pg_auth_members order by 1, 2'),
    parameters: await look('select parname, paracl from pg_parameter_acl order by 1'),
    comments: await look('select * from pg_shdescription order by 1, 2'),
  }
}

const aKeyPair = () => generateKeyPairSync('ed25519').privateKey
const aDataKey = () => createSecretKey(randomBytes(32))

describe('of somebody who can write to the object store', () => {
  test('a manifest with a signature of their own is refused', async () => {
    await forge(real.platform, backup, { signingKey: aKeyPair(), registered: false })
    expect(await restoring()).toMatch(/^backup-damaged: .*manifest is damaged: .*is not trusted here/)
  })

  test('a manifest without a signature is refused', async () => {
    await putManifest(real.platform, backup, JSON.stringify({ body: {}, format: 'platen-manifest', version: 1 }), false)
    expect(await restoring()).toMatch(/^backup-damaged: .*manifest is damaged/)
  })

  test('the manifest of another backup is refused', async () => {
    const other = await storedBackup(real.platform, (await aRealBackup(real.platform, site)).backupId)
    await real.objects.copy(other.keys.manifest, backup.keys.manifest)
    expect(await restoring()).toContain(`it is the manifest of backup ${other.row.id}`)
  })

  test('a dump that is sealed with a key of their own is refused, before a byte of it is restored', async () => {
    const dump = await plainDump(real.cluster.superuser, 'postgres')
    await forge(real.platform, backup, { dump, dataKey: aDataKey() })
    expect(await restoring()).toMatch(/^backup-damaged: .*dump is damaged/)
  })

  test('a manifest that never ends is refused without being read', async () => {
    await putManifest(real.platform, backup, ' '.repeat(17 * 1024 * 1024), false)
    expect(await restoring()).toMatch(/^backup-damaged: .*manifest is damaged/)
  })
})

describe('of somebody who has all keys', () => {
  const marker = () => join(real.objectsRoot, '..', 'owned')
  const statements = (): [string, string][] => [
    ['runs a program', `COPY (SELECT 1) TO PROGRAM 'touch ${marker()}';`],
    ['writes a file', `COPY (SELECT 1) TO '${marker()}';`],
    ['reads a file', `CREATE TABLE stolen AS SELECT pg_read_file('/etc/passwd');`],
    ['makes a superuser', 'CREATE ROLE evil SUPERUSER LOGIN;'],
    ['becomes the superuser', 'SET SESSION AUTHORIZATION postgres;'],
    ['becomes the provisioner', 'SET ROLE platen_provisioner;'],
    ['changes a setting of the server', `ALTER SYSTEM SET log_statement = 'all';`],
    ['changes a role of all sites', 'ALTER ROLE platen_site_app SUPERUSER;'],
    ['opens another database', `GRANT CONNECT ON DATABASE ${otherDatabase()} TO PUBLIC;`],
    ['takes another database', `ALTER DATABASE ${otherDatabase()} OWNER TO CURRENT_USER;`],
    ['loads a library', `LOAD '/tmp/evil.so';`],
    ['installs what reaches other databases', 'CREATE EXTENSION dblink;'],
  ]
  const otherDatabase = () => siteDatabaseName(site.siteId)

  test('a dump with a statement of their own cannot act outside its database', { timeout: 120_000 }, async () => {
    for (const [what, statement] of statements()) {
      await forge(real.platform, backup, { dump: await craftedDump(statement) })
      expect.soft(await restoring(), what).toMatch(/^(operation-step-failed|backup-differs): /)
      expect(await stat(marker()).catch(() => 'absent')).toBe('absent')
    }
  })

  test.each([
    ['leaves the site', '../../sites/other/pictures/one'],
    ['is absolute', '/etc/passwd'],
    ['hides', '.incoming/x'],
    ['is the mark of the storage', 'owner'],
    ['is empty', ''],
    ['is endless', 'a/'.repeat(3_000)],
  ])('a file whose name %s is refused', async (_, key) => {
    await forge(real.platform, backup, { files: fileList([{ key }]) })
    expect(await restoring()).toMatch(/^(backup-damaged|operation-step-failed): /)
  })

  test('a file that is said to be larger, or smaller, than it is is refused', async () => {
    for (const plainBytes of [1, Number.MAX_SAFE_INTEGER]) {
      await forge(real.platform, backup, { files: fileList([{ plainBytes }]) })
      expect(await restoring()).toMatch(/^(backup-damaged|operation-step-failed): .*files/)
    }
  })

  test('a list that is no list, has a line without end, or one file twice is refused by name', async () => {
    const line = JSON.stringify((await filesOf(real.platform, backup))[0])
    for (const files of ['not JSON\n', `${line}${' '.repeat(2_000_000)}\n`, `${line}\n${line}\n`]) {
      await forge(real.platform, backup, { files: Buffer.from(files) })
      expect.soft(await restoring()).toMatch(/^backup-damaged: .*\/files is damaged/)
    }
  })

  function fileList(changes: object[]): Buffer {
    const sums = { plainBytes: 3, plainSha256: 'a'.repeat(64), cipherBytes: 47, cipherSha256: 'b'.repeat(64) }
    return Buffer.from(
      changes
        .map((change) => `${JSON.stringify({ key: 'pictures/one', contentType: 'image/png', ...sums, ...change })}\n`)
        .join(''),
    )
  }
})

test('one wrong value in a dump that restores without a complaint is found by the drill', async () => {
  const { databases, platform } = real
  const input = await aBackupRow(platform, site)
  const planted: DatabaseServer = new Proxy(databases, {
    get: (target, name): unknown => {
      if (name === 'dump')
        return ({ database, snapshot }: Parameters<DatabaseServer['dump']>[0]) =>
          Readable.from(wrongDump(database, snapshot), { objectMode: false })
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const view = await runWith(
    { ...platform, deps: { ...platform.deps, databases: planted } },
    site.tenant,
    backUpSite,
    input,
  )
  expect(view).toMatchObject({ state: 'failed', problem: { code: 'backup-differs' } })
  expect(view.problem?.detail).toBe('Other rows than were backed up in: commerce.products.')
  expect(await real.objects.list(`backups/${site.siteId}/${input.backupId}`)).toEqual([])
})

async function* wrongDump(database: string, snapshot: string): AsyncGenerator<Buffer> {
  const dump = await plainDump(real.cluster.superuser, database, [`--snapshot=${snapshot}`])
  const at = dump.indexOf('Zoé 1717')
  expect(at).toBeGreaterThan(0)
  dump.write('Zoé 1771', at)
  yield dump
}

/** Without compression, which would notice. */
async function plainDump(connection: Connection, database: string, args: string[] = []): Promise<Buffer> {
  const { pg_dump: program } = await real.cluster.tools()
  const child = spawn(program, ['--format=custom', '--compress=none', '--enable-row-security', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PGHOST: connection.host,
      PGDATABASE: database,
      PGUSER: connection.user ?? '',
      PGPASSWORD: connection.password?.expose() ?? '',
    },
  })
  return buffer(child.stdout)
}

/** A dump of one function, with the statement in the place of its definition. */
async function craftedDump(statement: string): Promise<Buffer> {
  const { cluster } = real
  const filler = 'x'.repeat(400)
  await cluster.query(cluster.superuser, 'drop database if exists crafted')
  await cluster.query(cluster.superuser, 'create database crafted')
  try {
    const inside = { ...cluster.superuser, database: 'crafted' }
    await cluster.query(inside, `create function harmless() returns int language sql as $$ select 1 /* ${filler} */ $$`)
    const dump = await plainDump(cluster.superuser, 'crafted')
    const start = dump.indexOf('CREATE FUNCTION public.harmless')
    const end = dump.indexOf('$;', start) + 2
    dump.fill(' ', start, end).write(statement, start)
    return dump
  } finally {
    await cluster.query(cluster.superuser, 'drop database crafted')
  }
}
