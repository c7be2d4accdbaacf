import { chmod, mkdir, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../ids/index.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../testing/index.ts'
import {
  benchConsumer,
  dataPaths,
  ensureRunDirectory,
  isBenchName,
  runDirectory,
  siteDatabaseName,
  siteRoleNames,
  socketPaths,
  templateDatabaseName,
} from './index.ts'

let directory: TemporaryDirectory

beforeAll(async () => {
  directory = await temporaryDirectory()
})

afterAll(() => directory.remove())

describe('the run directory', () => {
  test('is inside the data directory where the path is short', () => {
    expect(runDirectory('/srv/platen')).toBe('/srv/platen/run')
  })

  test('is a short private name below /tmp where it would be too long for a socket', () => {
    const long = `/${'home/'.repeat(20)}platen`
    expect(runDirectory(long)).toMatch(/^\/tmp\/platen-\d+-[0-9a-f]{12}$/)
    expect(runDirectory(long)).toBe(runDirectory(`${long}/`))
    expect(runDirectory(long)).not.toBe(runDirectory(`${long}2`))
  })

  test('is made for its owner only', async () => {
    const run = await ensureRunDirectory(directory.path)
    expect((await stat(run)).mode & 0o777).toBe(0o700)
    expect(await ensureRunDirectory(directory.path)).toBe(run)
  })

  test('is refused when it is open to others or a link', async () => {
    const open = join(directory.path, 'open')
    await mkdir(join(open, 'run'), { recursive: true })
    await chmod(join(open, 'run'), 0o755)
    await expect(ensureRunDirectory(open)).rejects.toThrow('chmod 700')
    await rm(join(open, 'run'), { recursive: true })
    await symlink(directory.path, join(open, 'run'))
    await expect(ensureRunDirectory(open)).rejects.toThrow('must be a directory')
  })

  test('the longest socket of the longest run directory fits into 107 bytes', () => {
    const sockets = socketPaths(`/${'r'.repeat(69)}`)
    expect(Buffer.byteLength(sockets.benchPrivate('abcdefghijklmn', 99))).toBeLessThanOrEqual(107)
    expect(() => socketPaths(`/${'r'.repeat(100)}`)).toThrow(RangeError)
  })
})

describe('names', () => {
  test.each(['standard', 'b', 'bench-2'])('"%s" is a bench name', (name) => expect(isBenchName(name)).toBe(true))
  test.each(['', 'Bench', '-b', 'b-', '../b', 'a bench', 'abcdefghijklmno'])('"%s" is not a bench name', (name) => {
    expect(isBenchName(name)).toBe(false)
    expect(() => benchConsumer(name, 1)).toThrow(RangeError)
  })

  test('site databases and roles have opaque names within the 63 bytes of PostgreSQL', () => {
    const database = siteDatabaseName(newId())
    expect(database).toMatch(/^s_[0-9a-z]{26}$/)
    expect(siteRoleNames(database).dumper).toBe(`${database}_dumper`)
    expect(siteRoleNames(database).dumper.length).toBeLessThan(63)
  })

  test('a template is named by a fingerprint and nothing else', () => {
    expect(templateDatabaseName('0123456789abcdef')).toBe('t_0123456789abcdef')
    expect(() => templateDatabaseName('postgres')).toThrow(RangeError)
  })

  test('a data directory has one place for everything', () => {
    const paths = dataPaths('/srv/platen')
    expect(paths.postgres.data).toBe('/srv/platen/postgres/18')
    expect(paths.inbox).toBe('/srv/platen/inbox')
    expect(paths.keys.consumer('edge')).toBe('/srv/platen/keys/edge.key')
    expect(paths.snapshot(benchConsumer('standard', 1))).toBe('/srv/platen/snapshots/bench-standard-1.json')
  })
})
