/** The few file operations that the store is made of, each with its errors turned into DriverErrors. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DriverError, isDriverError } from '../../errors/index.ts'
import { StorageFull } from '../contract.ts'

export function randomName(): string {
  return randomBytes(12).toString('hex')
}

export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** Runs the work; whatever it throws leaves as a DriverError that says what was attempted. */
export async function attempting<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asDriverError(what, error)
  }
}

/** Moves a finished file into place and makes the move durable. The folder may be removed under us by removePrefix: try again. */
export async function moveDurably(from: string, to: string): Promise<void> {
  const folder = dirname(to)
  for (let attempt = 1; ; attempt++) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    try {
      await rename(from, to)
      return await syncFolder(folder)
    } catch (error) {
      if (!isCode(error, 'ENOENT') || attempt === 3) throw error
    }
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Names and kinds in a folder; an absent folder is an empty one. */
export async function entries(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true })
    return found.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

function asDriverError(what: string, error: unknown): DriverError {
  if (isDriverError(error)) return error
  // EFBIG is a file size limit of the process or the file system: for us the same as no room.
  if (isCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG')) return new StorageFull(error)
  if (isCode(error, 'EACCES', 'EPERM', 'EROFS'))
    return new DriverError('unauthorized', `${what}: the folder is not writable for us`, { cause: error })
  if (isCode(error, 'ENOENT')) return new DriverError('not-found', `${what}: it does not exist`, { cause: error })
  return new DriverError('unavailable', `${what} failed`, { cause: error })
}
