// What operations leave behind on a real server and a real disk, where `inventory` sees what the drivers report.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RealPlatform } from './real-platform.ts'

type Observed = Pick<RealPlatform, 'cluster' | 'databases' | 'objects' | 'objectsRoot'>

/** Things that nobody owns: empty when all is well, except folders of databases whose making was killed, which the driver reports. */
export async function strays(observed: Observed): Promise<object> {
  return {
    sessions: await operationSessions(observed),
    hiddenDirectories: await hiddenDirectories(observed),
    files: await strayFiles(observed),
  }
}

export function operationSessions({ cluster }: Pick<Observed, 'cluster'>): Promise<Record<string, unknown>[]> {
  return cluster.query(
    cluster.superuser,
    `select application_name, query from pg_stat_activity where application_name like 'op:%'`,
  )
}

/** Folders under base/ that belong to no database and that the driver does not report either. */
async function hiddenDirectories({ cluster, databases }: Observed): Promise<string[]> {
  const { orphanDirectories } = await databases.describe()
  const known = await cluster.query(cluster.superuser, 'select oid::text from pg_database')
  const explained = new Set([...known.map(({ oid }) => String(oid)), ...orphanDirectories.map(({ oid }) => oid)])
  const [row] = await cluster.query(cluster.superuser, 'show data_directory')
  const folders = await readdir(join(String(row?.['data_directory']), 'base'))
  return folders.filter((folder) => /^\d+$/.test(folder) && !explained.has(folder))
}

/** Files on the disk that belong to no object, after the store's own upkeep (which the product runs daily) has passed. */
async function strayFiles({ objects, objectsRoot }: Observed): Promise<string[]> {
  await objects.sweep({ olderThanMs: 0 })
  const found = await readdir(objectsRoot, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile()).map(({ name, parentPath }) => join(parentPath, name))
  const known = new Set<string>()
  for (const { key } of await objects.list('', { limit: 100_000 })) known.add(join(objectsRoot, ...key.split('/')))
  // An object is `<key>.json` and `<key>.<random>.data`.
  return files.filter((file) => !known.has(file.replace(/\.json$|\.[0-9a-f]{24}\.data$/, ''))).toSorted()
}
