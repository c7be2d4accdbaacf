// What must be true before anything is started or changed. Each check answers a sentence for whoever sits in front of
// the terminal; all are run, so that he corrects everything in one go.
import { chmod, mkdir, mkdtemp, readdir, readFile, rmdir, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import type { PlatformSettings } from '@platen/kit/config'
import { dataPaths } from '@platen/kit/names'

export interface Finding {
  check: string
  level: 'ok' | 'warning' | 'refused'
  detail: string
}

const leastFreeDiskBytes = 512 * 1024 ** 2
const comfortableDiskBytes = 3 * 1024 ** 3
const leastFreeMemoryBytes = 256 * 1024 ** 2
const comfortableMemoryBytes = 1024 ** 3
const megabyte = 1024 ** 2

/** Folder, disk and memory. Creates the data directory; nothing else is touched. */
export async function checkMachine(settings: PlatformSettings): Promise<Finding[]> {
  const directory = await checkDataDirectory(settings.dataDirectory)
  if (directory.level === 'refused') return [directory]
  return [directory, await checkDisk(settings.dataDirectory), await checkMemory()]
}

/** After leftovers of a killed supervisor are gone, since they may hold the ports. */
export async function checkPorts(settings: PlatformSettings): Promise<Finding[]> {
  return Promise.all([
    checkPort(settings.bind, settings.httpsPort, 'PLATEN_HTTPS_PORT'),
    checkPort(settings.bind, settings.httpPort, 'PLATEN_HTTP_PORT'),
  ])
}

async function checkDataDirectory(directory: string): Promise<Finding> {
  const check = 'data directory'
  const refuse = (detail: string): Finding => ({ check, level: 'refused', detail })
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const found = await stat(directory)
    if (!found.isDirectory()) return refuse(`${directory} is not a folder: choose another PLATEN_DATA_DIR.`)
    const uid = process.getuid?.() ?? 0
    if (found.uid !== uid) {
      return refuse(
        `${directory} belongs to uid ${found.uid}, and you are uid ${uid}: start Platen as its owner, or choose another PLATEN_DATA_DIR.`,
      )
    }
    const strangers = await foreignContent(directory)
    if (strangers) return refuse(strangers)
    if ((found.mode & 0o077) !== 0) await chmod(directory, 0o700)
    await rmdir(await mkdtemp(join(directory, '.write-test-')))
    return { check, level: 'ok', detail: directory }
  } catch (error) {
    // node:fs rejects with ErrnoException only.
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return refuse(`the disk of ${directory} is full: free some space and start again.`)
    if (code === 'ENOTDIR' || code === 'EEXIST')
      return refuse(`${directory} is not a folder: choose another PLATEN_DATA_DIR.`)
    return refuse(
      `${directory} cannot be written (${code ?? message}): correct its permissions, or choose another PLATEN_DATA_DIR.`,
    )
  }
}

// PLATEN_DATA_DIR=/home/me would make us close somebody's home; and data of another major version must stay as it is.
async function foreignContent(directory: string): Promise<string | undefined> {
  const names = await readdir(directory)
  const ours = [
    'postgres',
    'run',
    'logs',
    'master.key',
    'objects',
    'snapshots',
    'keys',
    'ca',
    'setup-code',
    'backups',
    'tools',
    'cache',
  ]
  const isOurs =
    names.length === 0 ||
    names.some((name) => ours.includes(name)) ||
    names.every((name) => name.startsWith('.write-test-'))
  if (!isOurs)
    return `${directory} holds other files (${names.slice(0, 3).join(', ')}): choose an empty folder as PLATEN_DATA_DIR.`
  const { data } = dataPaths(directory).postgres
  const majors = (await readdir(join(data, '..')).catch(() => [])).filter((name) => /^\d+$/.test(name))
  const wanted = data.slice(data.lastIndexOf('/') + 1)
  if (majors.length > 0 && !majors.includes(wanted)) {
    return `${directory} holds the data of PostgreSQL ${majors.join(', ')}, this Platen brings PostgreSQL ${wanted}: start the Platen that wrote it. Nothing was changed.`
  }
  return undefined
}

async function checkDisk(directory: string): Promise<Finding> {
  const { bavail, bsize, ffree, files } = await statfs(directory)
  const freeBytes = bavail * bsize
  const detail = `${Math.round(freeBytes / megabyte)} MB free for ${directory}`
  if (files > 0 && ffree < 20_000)
    return { check: 'disk', level: 'refused', detail: `${detail}, but only ${ffree} inodes: a site needs about 600.` }
  if (freeBytes < leastFreeDiskBytes) {
    return {
      check: 'disk',
      level: 'refused',
      detail: `${detail}: Platen needs ${leastFreeDiskBytes / megabyte} MB to start. Free some space.`,
    }
  }
  if (freeBytes < comfortableDiskBytes)
    return { check: 'disk', level: 'warning', detail: `${detail}: a new site takes about 12 MB.` }
  return { check: 'disk', level: 'ok', detail }
}

async function checkMemory(): Promise<Finding> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const availableBytes = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? totalmem() / 1024) * 1024
  const detail = `${Math.round(availableBytes / megabyte)} MB of memory available`
  if (availableBytes < leastFreeMemoryBytes) {
    return {
      check: 'memory',
      level: 'refused',
      detail: `${detail}: Platen needs at least ${leastFreeMemoryBytes / megabyte} MB. Stop other programs.`,
    }
  }
  if (availableBytes < comfortableMemoryBytes)
    return { check: 'memory', level: 'warning', detail: `${detail}: 1 GB or more is comfortable.` }
  return { check: 'memory', level: 'ok', detail }
}

function checkPort(bind: string, port: number, setting: string): Promise<Finding> {
  const check = setting
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ check, level: 'refused', detail: portSentence(error, bind, port, setting) })
    })
    server.listen({ host: bind, port, exclusive: true }, () =>
      server.close(() => resolve({ check, level: 'ok', detail: `${bind} port ${port}` })),
    )
  })
}

function portSentence(error: NodeJS.ErrnoException, bind: string, port: number, setting: string): string {
  if (error.code === 'EADDRINUSE')
    return `port ${port} on ${bind} is taken by another program: stop it, or set ${setting} to a free port.`
  if (error.code === 'EACCES')
    return `port ${port} needs more rights than you have: set ${setting} to a port above 1023.`
  if (error.code === 'EADDRNOTAVAIL') return `${bind} is no address of this machine: correct PLATEN_BIND.`
  return `port ${port} on ${bind} cannot be used (${error.code ?? error.message}): correct ${setting} or PLATEN_BIND.`
}
