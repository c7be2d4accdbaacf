// Children write to their log file themselves, through a descriptor opened for appending, not through us: so nothing of
// theirs is lost or blocked when the supervisor is killed. Rotation therefore copies and cuts the file in place; lines
// written in the instant between the two are lost, which a log may.
import { constants } from 'node:fs'
import { copyFile, mkdir, open, rename, rm, stat, truncate, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

export const rotateAtBytes = 10 * 1024 * 1024
const keptFiles = 3
const longestTailBytes = 512 * 1024

export async function openLog(file: string): Promise<FileHandle> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  return open(file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600)
}

/** Moves the content to `<file>.1` (and that to `.2`, up to `.3`) once it has grown beyond `limitBytes`. */
export async function rotateLog(file: string, limitBytes = rotateAtBytes): Promise<boolean> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size <= limitBytes) return false
  await rm(`${file}.${keptFiles}`, { force: true })
  for (let index = keptFiles - 1; index >= 1; index -= 1)
    await rename(`${file}.${index}`, `${file}.${index + 1}`).catch(() => {})
  await copyFile(file, `${file}.1`)
  await truncate(file, 0)
  return true
}

/** The last lines, oldest first; [] for a file that does not exist. */
export async function lastLines(file: string, count: number): Promise<string[]> {
  const handle = await open(file, 'r').catch(() => undefined)
  if (!handle) return []
  try {
    const { size } = await handle.stat()
    const length = Math.min(size, longestTailBytes)
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    const lines = buffer.toString('utf8').split('\n')
    if (lines.at(-1) === '') lines.pop()
    // The first one of a cut file is half a line.
    if (size > length) lines.shift()
    return lines.slice(-count)
  } finally {
    await handle.close()
  }
}
