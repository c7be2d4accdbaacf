// A PostgreSQL of one test file's own: these tests kill its processes and change its roles, which no neighbour would bear.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Secret } from '@platen/kit/secrets'
import { PROVISIONER_ROLE } from '@platen/kit/names'
import { clientConfig, type Connection } from '@platen/kit/sql'
import { temporaryDirectory } from '@platen/kit/testing'
import pg from 'pg'
import { bootstrapServer } from '../bootstrap.ts'
import { EmbeddedPostgres } from '../embedded/index.ts'
import { pgTools, type PgTools } from '../tools/index.ts'

export interface PrivateCluster {
  postgres: EmbeddedPostgres
  provisioner: Connection
  superuser: Connection
  /** pg_dump and pg_restore, unpacked into the cluster's own folder. */
  tools(): Promise<PgTools>
  /** Runs one statement on a connection of its own and answers its rows. */
  query(connection: Connection, text: string): Promise<Record<string, unknown>[]>
  remove(): Promise<void>
}

/** `settings` on top of fsync off: tests that measure pass fsync on. `folder`: a small disk to keep the data on. */
export async function privateCluster(
  settings: Record<string, string> = {},
  options: { folder?: string } = {},
): Promise<PrivateCluster> {
  const directory = await temporaryDirectory()
  const postgres = new EmbeddedPostgres({
    dataDirectory: join(options.folder ?? directory.path, 'postgres', '18'),
    socketDirectory: join(directory.path, 'run'),
    superuserPassword: aPassword(),
    settings: { fsync: 'off', ...settings },
    log: () => {},
  })
  await postgres.start()
  const superuser = postgres.connection('postgres')
  const provisionerPassword = aPassword()
  const passwords = { provisioner: provisionerPassword, owner: aPassword(), api: aPassword(), worker: aPassword() }
  await bootstrapServer(superuser, passwords)
  return {
    postgres,
    superuser,
    provisioner: { ...superuser, user: PROVISIONER_ROLE, password: provisionerPassword },
    tools: () => pgTools({ places: { configured: undefined, path: [], dataDirectory: directory.path } }),
    query,
    async remove() {
      await postgres.stop('immediate')
      await directory.remove()
    },
  }
}

function aPassword(): Secret {
  return new Secret(randomBytes(32).toString('base64url'))
}

async function query(connection: Connection, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(clientConfig(connection))
  client.on('error', () => {})
  try {
    await client.connect()
    const result = await client.query<Record<string, unknown>>(text)
    return result.rows ?? []
  } finally {
    await client.end().catch(() => {})
  }
}
