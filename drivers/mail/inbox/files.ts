/** Mails as files: one JSON file per mail, named by the hash of its message id, so that a name is never made of what somebody wrote. */
import { createHash, randomBytes } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DriverError, isDriverError } from '../../errors/index.ts'

const storedMailSchema = z.object({
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string().optional(),
  messageId: z.string(),
  tag: z.string(),
  receivedAt: z.iso.datetime(),
})

export type StoredFile = z.infer<typeof storedMailSchema>

export interface MailFile {
  id: string
  sizeBytes: number
  receivedMs: number
}

const MAIL_FILE = /^([0-9a-f]{32})\.json$/
const LEFTOVER_AGE_MS = 3_600_000

export const mailIdOf = (messageId: string): string => createHash('sha256').update(messageId).digest('hex').slice(0, 32)

export const isMailId = (id: string): boolean => /^[0-9a-f]{32}$/.test(id)

/** Newest first; those of one millisecond by id. The time of the file is the time of the mail. */
export async function listFiles(directory: string): Promise<MailFile[]> {
  const names = await attempting('listing the inbox', () => readdir(directory).catch(absentAs<string[]>([])))
  const found = await Promise.all(
    names.map(async (name) => {
      const id = MAIL_FILE.exec(name)?.[1]
      const about = id === undefined ? undefined : await stat(join(directory, name)).catch(() => undefined)
      return id === undefined || about === undefined
        ? undefined
        : { id, sizeBytes: about.size, receivedMs: Math.round(about.mtimeMs) }
    }),
  )
  return found
    .filter((file) => file !== undefined)
    .toSorted((a, b) => b.receivedMs - a.receivedMs || (a.id < b.id ? -1 : 1))
}

/** Undefined when there is none. @throws DriverError `protocol` when it cannot be understood. */
export function readMailFile(directory: string, id: string): Promise<StoredFile | undefined> {
  return attempting(`reading mail ${id}`, async () => {
    const text = await readFile(fileOf(directory, id), 'utf8').catch(absentAs(undefined))
    if (text === undefined) return undefined
    try {
      return storedMailSchema.parse(JSON.parse(text))
    } catch (error) {
      throw new DriverError('protocol', `the file of mail ${id} is damaged`, { cause: error })
    }
  })
}

/** Whole or not at all, also after a power cut. False when a mail of that id is there already: then nothing changed. */
export function createMailFile(directory: string, id: string, mail: StoredFile): Promise<boolean> {
  return attempting(`keeping mail ${id}`, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const draft = join(directory, `.incoming-${randomBytes(8).toString('hex')}`)
    try {
      await writeFile(draft, JSON.stringify(mail), { mode: 0o600, flag: 'wx', flush: true })
      const receivedAt = new Date(mail.receivedAt)
      await utimes(draft, receivedAt, receivedAt)
      // Unlike a rename, a link never replaces: of two writers exactly one succeeds.
      await link(draft, fileOf(directory, id))
      await syncDirectory(directory)
      return true
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false
      throw error
    } finally {
      await rm(draft, { force: true })
    }
  })
}

export const removeMailFile = (directory: string, id: string): Promise<void> =>
  attempting(`removing mail ${id}`, () => rm(fileOf(directory, id), { force: true }))

/** Writes and removes a file that no list shows. */
export function probeDirectory(directory: string): Promise<void> {
  return attempting('writing to the inbox', async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const probe = join(directory, `.incoming-${randomBytes(8).toString('hex')}`)
    await writeFile(probe, 'probe', { mode: 0o600, flag: 'wx', flush: true })
    await rm(probe)
  })
}

/** What a killed process was about to write. */
export async function removeLeftovers(directory: string, nowMs: number): Promise<void> {
  for (const name of await readdir(directory).catch(absentAs<string[]>([]))) {
    if (!name.startsWith('.incoming-')) continue
    const about = await stat(join(directory, name)).catch(() => undefined)
    if (about && about.mtimeMs < nowMs - LEFTOVER_AGE_MS) await rm(join(directory, name), { force: true })
  }
}

const fileOf = (directory: string, id: string): string => join(directory, `${id}.json`)

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function attempting<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isDriverError(error)) throw error
    // A full disk too: after somebody made room the same mail goes.
    throw new DriverError('unavailable', `${what} failed`, { cause: error })
  }
}

function absentAs<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isCode(error, 'ENOENT')) return value
    throw error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
