import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describeSchema, type Db, type MigrationSet } from '../sql/index.ts'
import { updatesSchemaFiles } from './config.ts'

const HEADER = `-- What the migrations of this folder make, written by a test from the catalogs; do not edit.
-- After a new migration: UPDATE_SCHEMA=1 npm test -- <the folder of that test>
`

/** Writes `schema.sql` into the folder of the migrations. */
export async function writeSchemaFile(db: Db, set: MigrationSet, schemas: readonly string[]): Promise<void> {
  await writeFile(schemaFile(set), HEADER + '\n' + (await describeSchema(db, schemas)))
}

/**
 * Throws unless the committed `schema.sql` of the set is exactly what its migrations make in a fresh database (`db`, usually of a
 * `testDatabase`). With UPDATE_SCHEMA=1 it writes the file instead.
 */
export async function expectSchemaFile(db: Db, set: MigrationSet, schemas: readonly string[]): Promise<void> {
  if (updatesSchemaFiles()) return writeSchemaFile(db, set, schemas)
  const committed = await readFile(schemaFile(set), 'utf8').catch(() => '')
  const made = HEADER + '\n' + (await describeSchema(db, schemas))
  if (committed === made) return
  const [before, after] = [committed.split('\n'), made.split('\n')]
  const line = after.findIndex((text, index) => text !== before[index])
  const at = line === -1 ? after.length : line
  throw new Error(
    `${schemaFile(set)} is not what the migrations make; first difference in line ${at + 1}:\n` +
      `  committed:  ${before[at] ?? '(end of file)'}\n  migrations: ${after[at] ?? '(end of file)'}\nUPDATE_SCHEMA=1 writes it anew`,
  )
}

function schemaFile(set: MigrationSet): string {
  return fileURLToPath(new URL('schema.sql', set.directory))
}
