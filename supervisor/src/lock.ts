// One supervisor per data directory. The lock is a file that names its holder; a holder that is dead does not hold.
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { readProcess } from '@platen/drivers/runners'

const holderSchema = z.object({ pid: z.int().positive(), startTicks: z.int() })
type Holder = z.infer<typeof holderSchema>

export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning'
  constructor(pid: number, dataDirectory: string) {
    super(
      `Platen already runs on ${dataDirectory} (process ${pid}). Stop it first, or choose another PLATEN_DATA_DIR and other ports.`,
    )
  }
}

/** Takes the lock or throws AlreadyRunning. Answers how to give it back. */
export async function takeLock(file: string, dataDirectory: string): Promise<() => Promise<void>> {
  const own = await readProcess(process.pid)
  const mine = JSON.stringify({ pid: process.pid, startTicks: own?.startTicks ?? 0 })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, mine, { mode: 0o600 })
  try {
    // A link either makes the complete file or fails because there is one: two starters cannot both succeed.
    while (!(await linkNew(draft, file))) await removeStale(file, dataDirectory)
  } finally {
    await rm(draft, { force: true })
  }
  return async () => {
    if ((await readFile(file, 'utf8').catch(() => '')) === mine) await rm(file, { force: true })
  }
}

async function linkNew(draft: string, file: string): Promise<boolean> {
  return link(draft, file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )
}

// The stale file is moved aside before it is judged a second time: between the first look and the removal another starter
// may have replaced it by his own.
async function removeStale(file: string, dataDirectory: string): Promise<void> {
  const holder = await livingHolder(file)
  if (holder) throw new AlreadyRunning(holder.pid, dataDirectory)
  const aside = `${file}.stale-${process.pid}`
  const wasMoved = await rename(file, aside).then(
    () => true,
    () => false,
  )
  if (!wasMoved) return
  const other = await livingHolder(aside)
  if (other) await linkNew(aside, file)
  await rm(aside, { force: true })
  if (other) throw new AlreadyRunning(other.pid, dataDirectory)
}

async function livingHolder(file: string): Promise<Holder | undefined> {
  try {
    const holder = holderSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    const entry = await readProcess(holder.pid)
    return entry?.startTicks === holder.startTicks ? holder : undefined
  } catch {
    return undefined
  }
}
