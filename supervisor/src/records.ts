// run/processes.json: which benches are wanted, and which processes were started. It is how benches come back without the
// manager, and how a new supervisor recognises what a killed one left running.
import { open, readFile, rename } from 'node:fs/promises'
import { z } from 'zod'
import {
  benchBody,
  listProcesses,
  readProcess,
  signalProcess,
  waitUntilGone,
  type ProcessEntry,
} from '@platen/drivers/runners'

const recordsSchema = z.object({
  version: z.literal(1),
  benches: z.record(z.string(), benchBody),
  children: z.array(
    z.object({ name: z.string(), pid: z.int().positive(), startTicks: z.int(), commandLine: z.array(z.string()) }),
  ),
})

export type Records = z.infer<typeof recordsSchema>
export type ChildRecord = Records['children'][number]

/** An absent or unreadable file is an empty one: the manager asks for its benches again. */
export async function readRecords(file: string): Promise<Records> {
  try {
    return recordsSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return { version: 1, benches: {}, children: [] }
  }
}

/** Complete or not at all, also when we are killed in the middle. */
export async function writeRecords(file: string, records: Records): Promise<void> {
  const fresh = `${file}.new`
  const handle = await open(fresh, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(records, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(fresh, file)
}

/** A process id, made unambiguous: ids are reused, start times and command lines with them are not. */
export async function recordOf(name: string, pid: number): Promise<ChildRecord | undefined> {
  const entry = await readProcess(pid)
  return entry && { name, pid, startTicks: entry.startTicks, commandLine: entry.commandLine }
}

/**
 * Children that run without a record: their supervisor was killed between starting and recording them. They are known by
 * one of our entry files on their command line and this data directory in their environment.
 */
export async function findUnrecorded(dataDirectory: string, entries: readonly string[]): Promise<ChildRecord[]> {
  const candidates = (await listProcesses()).filter((entry) => entry.commandLine.some((word) => entries.includes(word)))
  const belongs = await Promise.all(
    candidates.map(async ({ pid }) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      return environment.split('\0').includes(`PLATEN_DATA_DIR=${dataDirectory}`)
    }),
  )
  return candidates
    .filter((_, index) => belongs[index])
    .map(({ pid, startTicks, commandLine }) => ({ name: `process ${pid}`, pid, startTicks, commandLine }))
}

/** Ends the recorded processes that still live, first in order, then by force; answers their names. */
export async function stopLeftovers(records: readonly ChildRecord[], limits: { orderlyMs: number }): Promise<string[]> {
  const living = await Promise.all(records.map(async (record) => ((await isSame(record)) ? record : undefined)))
  const leftovers = living.filter((record) => record !== undefined)
  for (const { pid } of leftovers) signalProcess(pid, 'SIGTERM')
  await Promise.all(leftovers.map(({ pid }) => endByForce(pid, limits.orderlyMs)))
  return leftovers.map((record) => record.name)
}

async function endByForce(pid: number, orderlyMs: number): Promise<void> {
  await waitUntilGone(pid, orderlyMs)
  // Its whole group: each child leads its own.
  signalProcess(pid, 'SIGKILL', { group: true })
  await waitUntilGone(pid, 5_000)
}

async function isSame(record: ChildRecord): Promise<boolean> {
  const entry: ProcessEntry | undefined = await readProcess(record.pid)
  return (
    entry !== undefined &&
    entry.startTicks === record.startTicks &&
    entry.commandLine.join('\0') === record.commandLine.join('\0')
  )
}
