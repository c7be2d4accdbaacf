// Completes package-lock.json after `npm install`: a registry that lacks a package's build for some other machine (darwin, windows, musl ...)
// makes npm leave it out of the lock file, and then `npm ci` refuses to install anything anywhere. An optional package that is only named
// is enough for npm: it is skipped on machines it is not made for. `node tools/complete-lock.ts` writes, `--check` only tells.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repositoryRoot } from './repository.ts'

export interface LockEntry {
  version?: string
  resolved?: string
  link?: boolean
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

export interface LockFile {
  packages: Record<string, LockEntry>
}

const lockPath = join(repositoryRoot, 'package-lock.json')
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

/** Reads the lock file of the checkout; its shape is npm's (lockfileVersion 3). */
export async function readLock(): Promise<LockFile> {
  // npm writes this file; a wrong shape shows as a missing `packages` at once.
  return JSON.parse(await readFile(lockPath, 'utf8')) as LockFile
}

/** Optional packages that others name and the lock file lacks, as entries to add. */
export function missingOptionalEntries(lock: LockFile): Record<string, LockEntry> {
  const missing: Record<string, LockEntry> = {}
  for (const [location, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isLocked(lock, location, name)) missing[`node_modules/${name}`] = describe(name, version, entry.dev === true)
    }
  }
  return missing
}

/** Looks where Node would: beside the package that names it, then outwards. */
function isLocked(lock: LockFile, location: string, name: string): boolean {
  let folder = location
  for (;;) {
    if (lock.packages[`${folder}${folder ? '/' : ''}node_modules/${name}`]) return true
    if (folder === '') return false
    folder = folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : ''
  }
}

// The names of platform packages say what they are made for: `@swc/core-linux-arm64-musl`, `jscpd-windows-x64-msvc`.
function describe(name: string, version: string, dev: boolean): LockEntry {
  const words = name.replace('windows', 'win32').split(/[-/]/)
  const os = systems.filter((system) => words.includes(system))
  const cpu = processors.filter((processor) => words.includes(processor))
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(words.includes('musl') && { libc: ['musl'] }),
    optional: true,
    ...(os.length > 0 && { os }),
  }
}

if (import.meta.main) {
  const lock = await readLock()
  const missing = missingOptionalEntries(lock)
  const names = Object.keys(missing)
  if (names.length > 0 && process.argv.includes('--check')) {
    console.error(`package-lock.json lacks ${names.length} optional packages, npm ci would refuse: ${names.join(' ')}`)
    process.exitCode = 1
  } else if (names.length > 0) {
    lock.packages = Object.fromEntries(
      Object.entries({ ...lock.packages, ...missing }).toSorted(([left], [right]) => left.localeCompare(right, 'en')),
    )
    await writeFile(lockPath, `${JSON.stringify(lock, null, 2)}\n`)
    console.log(`package-lock.json: ${names.length} optional packages added`)
  }
}
