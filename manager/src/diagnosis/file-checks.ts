import { stat } from 'node:fs/promises'
import type { DataPaths } from '@platen/kit/names'
import { fine, remark, wrong, type Check } from './check.ts'

const othersMay = 0o077

export const fileChecks = (paths: DataPaths): Check[] => [masterKey(paths), dataDirectory(paths)]

const masterKey = ({ masterKey: file }: DataPaths): Check => ({
  name: 'master-key',
  severity: 'critical',
  whatToDo: `Put ${file} back from your copy before the manager ends: without it nothing sealed can be opened again.`,
  async look() {
    const mode = await modeOf(file)
    if (mode === undefined) throw new Error(`${file} is missing.`)
    if ((mode & othersMay) !== 0)
      return wrong(
        'critical',
        `${file} can be read by others (${octal(mode)}).`,
        `Treat the key as known to them, or, if it is not, chmod 600 ${file}.`,
      )
    return remark(
      `${file}, readable by its owner alone.`,
      'Keep a copy away from this machine: without it no site can be served and no backup opens.',
    )
  },
})

/** The folder itself is closed, so nobody gets at what is in it; the secrets in it are closed once more. */
const dataDirectory = ({ root, authority, postgres }: DataPaths): Check => ({
  name: 'data-directory',
  severity: 'critical',
  whatToDo: `See that ${root} exists and belongs to who runs Platen.`,
  async look() {
    if ((await modeOf(root)) === undefined) throw new Error(`${root} is missing.`)
    const closed = [root, authority.key, postgres.superuserSecret, postgres.provisionerSecret]
    const found = await Promise.all(closed.map(async (path) => ({ path, mode: (await modeOf(path)) ?? 0 })))
    const open = found.filter(({ mode }) => (mode & othersMay) !== 0)
    if (open.length === 0) return fine(`${root}, closed to others.`)
    const list = open.map(({ path, mode }) => `${path} (${octal(mode)})`)
    return wrong(
      'critical',
      `Others have rights on ${list.join(', ')}.`,
      `chmod go-rwx ${open.map(({ path }) => path).join(' ')}`,
    )
  },
})

/** Undefined when it is not there. */
async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const octal = (mode: number): string => (mode & 0o777).toString(8)
