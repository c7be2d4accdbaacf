import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { certificateIssuerConformance } from '../conformance.ts'
import { LocalCa } from './driver.ts'

let home: TemporaryDirectory
let directory: string

beforeEach(async () => {
  home = await temporaryDirectory()
  directory = join(home.path, 'ca')
})

afterEach(() => home.remove())

certificateIssuerConformance(async () => new LocalCa({ directory, zone: 'platen.localhost' }))

describe('on disk', () => {
  const aCa = (zone = 'platen.localhost'): LocalCa => new LocalCa({ directory, zone })

  test('the key is readable by us only and the authority survives the process', async () => {
    const first = await aCa().ensureAuthority()
    expect((await stat(join(directory, 'ca.key'))).mode & 0o777).toBe(0o600)
    expect(await aCa().ensureAuthority()).toEqual(first)
    expect(await readdir(home.path)).toEqual(['ca'])
  })

  test('processes that start at once agree on one authority', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => aCa().ensureAuthority()))
    expect(new Set(made.map((authority) => authority.fingerprintSha256)).size).toBe(1)
    expect(await readdir(home.path)).toEqual(['ca'])
  })

  test('a zone that the authority may not certify gets a new one, the earlier is kept', async () => {
    const first = await aCa().ensureAuthority()
    const second = await aCa('cloud.example.com').ensureAuthority()
    expect(second.permittedDomains).toBeNull()
    const kept = (await readdir(home.path)).filter((name) => name.startsWith('ca-replaced-'))
    expect(kept).toHaveLength(1)
    expect(await readFile(join(home.path, kept[0] ?? '', 'ca.crt'), 'utf8')).toBe(first.certificatePem)
    expect(await aCa().ensureAuthority()).toEqual(second)
  })

  test('a key that others may read, a missing half and a foreign half are refused with the file named', async () => {
    await aCa().ensureAuthority()
    await chmod(join(directory, 'ca.key'), 0o644)
    await expect(aCa().ensureAuthority()).rejects.toThrow(/ca\.key may be read by others/)
    await chmod(join(directory, 'ca.key'), 0o600)
    const other = new LocalCa({ directory: join(home.path, 'other'), zone: 'platen.localhost' })
    const { certificatePem } = await other.ensureAuthority()
    await writeFile(join(directory, 'ca.crt'), certificatePem)
    await expect(aCa().ensureAuthority()).rejects.toThrow(/do not belong together/)
    await rm(join(directory, 'ca.crt'))
    await expect(aCa().issue({ names: ['a.localhost'], days: 1 })).rejects.toThrow(/only one of/)
    expect(await aCa().check()).toMatchObject({ ok: false })
  })

  test('a leaf does not outlive its authority', async () => {
    const { notAfter } = await aCa().ensureAuthority()
    const late = new LocalCa({
      directory,
      zone: 'platen.localhost',
      now: () => new Date(notAfter.getTime() - 5 * 24 * 3600 * 1000),
    })
    expect((await late.issue({ names: ['a.localhost'], days: 90 })).notAfter).toEqual(notAfter)
    expect(await late.check()).toMatchObject({ ok: false })
  })
})
