import { chown, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import type { Secret } from '@platen/kit/secrets'
import { DriverError } from '../../../errors/index.ts'
import { isAlive } from '../../../runners/index.ts'
import { runCommand } from './command.ts'
import type { Place } from './place.ts'

const initdbTimeoutMs = 180_000

/**
 * Makes the data directory if there is none (or an empty one). It is built aside and renamed when complete, so that a
 * kill, a crash or a full disk leaves no half-made one behind. Returns whether it had to be made.
 *
 * Locale: the built-in C.UTF-8. It sorts by code point, the same on every machine and release, so indexes never break
 * under an upgraded C library or ICU (the embedded ICU 60 is older than anybody else's); what people read is sorted by an
 * explicit collation in the query. Classification of letters (upper, lower, regular expressions) is full Unicode.
 */
export async function initialise(place: Place, superuser: { name: string; password: Secret }): Promise<boolean> {
  await removeAbandoned(place.dataDirectory)
  if (await isMade(place.dataDirectory)) return false
  const mark = `${process.pid}-${randomBytes(4).toString('hex')}`
  const building = `${place.dataDirectory}.init-${mark}`
  const passwordFile = `${place.dataDirectory}.password-${mark}`
  try {
    await writeFile(passwordFile, superuser.password.expose(), { mode: 0o600, flag: 'wx' }).catch(refuseFullDisk)
    if (place.account.kind === 'system-user') await chown(passwordFile, place.account.uid, place.account.gid)
    await runInitdb(place, building, superuser.name, passwordFile)
    await rmdir(place.dataDirectory).catch(() => {}) // An empty one may exist; a full one makes the rename fail.
    await rename(building, place.dataDirectory)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(building, { recursive: true, force: true })
  }
  return true
}

async function runInitdb(place: Place, building: string, user: string, passwordFile: string): Promise<void> {
  const args = [
    `--pgdata=${building}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--auth-local=scram-sha-256',
    '--auth-host=scram-sha-256',
    '--no-instructions',
  ]
  const command = place.account.command(join(place.binaries, 'bin', 'initdb'), args)
  const outcome = await runCommand(command, { timeoutMs: initdbTimeoutMs })
  if (outcome.code === 0) return
  if (/no space left on device|disk quota exceeded/i.test(outcome.output)) throw fullDisk(dirname(building))
  throw new DriverError(
    'unavailable',
    `PostgreSQL could not make its data directory: ${outcome.output.trim().slice(-2_000)}`,
  )
}

export function fullDisk(folder: string, cause?: unknown): DriverError {
  return new DriverError(
    'refused',
    `the disk is full: no space left on device for ${folder}. Free some space and start again; nothing was damaged.`,
    { cause, retryable: true },
  )
}

function refuseFullDisk(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') throw fullDisk(dirname(error.path ?? ''), error)
  throw error
}

async function isMade(dataDirectory: string): Promise<boolean> {
  const names = await readdir(dataDirectory).catch((): string[] => [])
  return names.includes('PG_VERSION')
}

// What a killed predecessor left aside; its process id is in the name.
async function removeAbandoned(dataDirectory: string): Promise<void> {
  const parent = dirname(dataDirectory)
  await mkdir(parent, { recursive: true, mode: 0o700 })
  for (const name of await readdir(parent)) {
    const match = /^(.+)\.(?:init|password)-(\d+)-[0-9a-f]+$/.exec(name)
    if (match?.[1] !== basename(dataDirectory)) continue
    const owner = Number(match[2])
    if (owner !== process.pid && (await isAlive(owner))) continue
    await rm(join(parent, name), { recursive: true, force: true })
  }
}
