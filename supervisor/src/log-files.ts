// Children write to their log file themselves, through a descriptor opened for appending, not through us: so nothing of
// theirs is lost or blocked when the supervisor is killed. Rotation therefore copies and cuts the file in place; lines
// written in the instant between the two are lost, which a log may. What was rotated is `<file>.<number>`, the number ever
// growing: a place in a log stays the same place when it is rotated.
import { constants } from 'node:fs'
import { copyFile, mkdir, open, readdir, rm, stat, truncate, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { LogDescription, LogSegment } from '@platen/drivers/runners'

export const rotateAtBytes = 10 * 1024 * 1024
const keptFiles = 3
const logFileName = /^([a-z][a-z0-9-]{0,60})\.log$/

export async function openLog(file: string): Promise<FileHandle> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  return open(file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600)
}

/** Copies the content to `<file>.<next number>` once it has grown beyond `limitBytes`, and keeps the newest three of those. */
export async function rotateLog(file: string, limitBytes = rotateAtBytes): Promise<boolean> {
  if ((await sizeOf(file)) <= limitBytes) return false
  const numbers = await rotatedNumbers(file)
  for (const number of numbers.slice(0, Math.max(0, numbers.length - keptFiles + 1)))
    await rm(`${file}.${number}`, { force: true })
  await copyFile(file, `${file}.${(numbers.at(-1) ?? 0) + 1}`)
  await truncate(file, 0)
  return true
}

/** The logs of a folder, by the name of their program: the only names under which a log can be asked for. */
export async function listLogs(directory: string): Promise<LogDescription[]> {
  const programs = (await readdir(directory).catch(() => [])).flatMap((name) => logFileName.exec(name)?.[1] ?? [])
  return Promise.all(programs.toSorted().map((program) => describeLog(directory, program)))
}

async function describeLog(directory: string, program: string): Promise<LogDescription> {
  const file = join(directory, `${program}.log`)
  const rotated = (await rotatedNumbers(file)).map((number) => `${file}.${number}`)
  const sizes = await Promise.all([file, ...rotated].map(sizeOf))
  const sizeBytes = sizes.reduce((sum, size) => sum + size, 0)
  const found = await stat(file).catch(() => undefined)
  return { program, sizeBytes, newestAt: sizeBytes > 0 && found ? found.mtime.toISOString() : null }
}

/**
 * Gives `work` the segments of a log, oldest first, and closes them after it. All are open before the first is read: what is
 * rotated away meanwhile stays readable.
 */
export async function withSegments<T>(file: string, work: (segments: LogSegment[]) => Promise<T>): Promise<T> {
  const numbers = await rotatedNumbers(file)
  const named = [
    ...numbers.map((number) => ({ path: `${file}.${number}`, number, isWritten: false })),
    { path: file, number: (numbers.at(-1) ?? 0) + 1, isWritten: true },
  ]
  const opened: FileHandle[] = []
  try {
    const segments: LogSegment[] = []
    for (const { path, ...segment } of named) {
      const handle = await open(path, 'r').catch(() => undefined)
      if (!handle) continue
      opened.push(handle)
      segments.push({ ...segment, sizeBytes: (await handle.stat()).size, read: (...part) => readPart(handle, ...part) })
    }
    return await work(segments)
  } finally {
    await Promise.all(opened.map((handle) => handle.close()))
  }
}

async function readPart(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}

async function rotatedNumbers(file: string): Promise<number[]> {
  const prefix = `${basename(file)}.`
  const names = await readdir(dirname(file)).catch(() => [])
  const endings = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  return endings
    .filter((ending) => /^[1-9]\d{0,8}$/.test(ending))
    .map(Number)
    .toSorted((one, other) => one - other)
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    (found) => found.size,
    () => 0,
  )
