/**
 * Keeps what a release leaves behind for the next one's tests: the database of each place as its migrations make it, ledger included, in
 * manager/testing/released.sql and bench/testing/released.sql. Run it as the last step before a release is tagged, and commit what it
 * wrote; from then on the tests prove that a database of that release, migrated, is what the migrations make from nothing.
 *
 *   npx node tools/dump-schemas.ts
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { siteDatabaseOptions } from '../bench/testing/site.ts'
import { pgTools } from '../drivers/databases/index.ts'
import { testDatabase, type TestDatabaseOptions } from '../kit/testing/index.ts'
import { managerDatabaseOptions } from '../manager/testing/platform.ts'
import { repositoryRoot } from './repository.ts'
import { run } from './run.ts'
import { setup } from './test-setup.ts'

const places = [
  { file: 'manager/testing/released.sql', options: managerDatabaseOptions },
  { file: 'bench/testing/released.sql', options: siteDatabaseOptions },
]

const stop = await setup()
try {
  for (const { file, options } of places) {
    await writeFile(join(repositoryRoot, file), await dump(options))
    console.log(`written ${file}`)
  }
} finally {
  await stop?.()
}

/** As statements that a client can send: rows as INSERT, without the commands of psql. */
async function dump(options: TestDatabaseOptions): Promise<string> {
  const database = await testDatabase(options)
  try {
    const { host, port = 5432, user = '', password } = database.connection
    const { pg_dump: program } = await pgTools()
    const args = ['--rows-per-insert=100', '--host', host, '--port', String(port), '--username', user, database.name]
    const env = { ...process.env, PGPASSWORD: password?.expose() ?? '' }
    const { code, output } = await run(program, args, { env })
    if (code !== 0) throw new Error(`pg_dump of ${database.name} failed: ${output}`)
    return output.replaceAll(/^\\.*\n/gm, '')
  } finally {
    await database.drop()
  }
}
