import { createHash, randomBytes } from 'node:crypto'
import { link, open, readFile, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

const KEY_BYTES = 32

/** The master key file cannot be used; the message says what to do. */
export class MasterKeyError extends Error {
  override name = 'MasterKeyError'
}

/**
 * The 32 byte master key in `file` (base64 and a newline, 0600). Creates it when absent: atomically, so of several processes that
 * start at once one wins and all get the same key. Throws MasterKeyError if others may read the file, or if it does not hold a key.
 */
export async function loadOrCreateMasterKey(file: string): Promise<Buffer> {
  if (!(await exists(file))) await create(file)
  const { mode, uid } = await stat(file)
  if ((mode & 0o077) !== 0)
    throw new MasterKeyError(
      `${file} can be read by other users: treat the key as known to them, or, if it is not, chmod 600 ${file}`,
    )
  const self = process.getuid?.()
  if (self !== undefined && self !== 0 && uid !== self)
    throw new MasterKeyError(`${file} belongs to user ${uid}, not to user ${self}`)
  const text = (await readFile(file, 'utf8')).trim()
  const key = Buffer.from(text, 'base64')
  if (key.length !== KEY_BYTES || key.toString('base64') !== text) {
    throw new MasterKeyError(
      `${file} does not hold a master key (${KEY_BYTES} bytes as base64): restore it from the recovery kit`,
    )
  }
  if (new Set(key).size < 8)
    throw new MasterKeyError(`${file} holds a key that is not random: restore it from the recovery kit`)
  return key
}

/** A short public name of a key: what sealed texts carry so that rotation can tell keys apart. Reveals nothing about the key. */
export function masterKeyId(key: Buffer): string {
  return createHash('sha256').update('platen/key-id\n').update(key).digest('hex').slice(0, 12)
}

async function create(file: string): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    // A link fails where the name is taken, a rename would replace the other process's key.
    await link(draft, file)
    await syncDirectory(dirname(file))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
