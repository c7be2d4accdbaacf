// Secrets that are planted and looked for everywhere they must not be.
import { readdir, readFile } from 'node:fs/promises'
import { rows, sql, type Db } from '@platen/kit/sql'

export class Canaries {
  readonly #secrets = new Map<string, string>()

  /** Remembers a secret under the name that a finding is told by; answers it. */
  plant(name: string, secret: string): string {
    // Less than this is found by accident.
    if (secret.length < 12) throw new Error(`${name} is too short to be looked for`)
    this.#secrets.set(secret, name)
    return secret
  }

  get count(): number {
    return this.#secrets.size
  }

  /** The names of the secrets in a text, as they are, in hex (what PostgreSQL shows of bytes) or in base64. */
  in(text: string): string[] {
    return [...this.#secrets].flatMap(([secret, name]) =>
      formsOf(secret).some((form) => text.includes(form)) ? [name] : [],
    )
  }

  /** Secrets in rows of any table: in audit entries, events, jobs, answers that are kept, and wherever nobody thought of. */
  async inDatabase(db: Db): Promise<string[]> {
    const tables = await rows(
      db,
      sql<{
        schema: string
        name: string
      }>`SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    )
    const found: string[] = []
    for (const { schema, name } of tables) {
      const table = sql.id(schema, name)
      const all = await rows(db, sql<{ text: string }>`SELECT t::text AS text FROM ${table} t`)
      found.push(...this.in(all.map(({ text }) => text).join('\n')).map((secret) => `${secret} in ${schema}.${name}`))
    }
    return found
  }

  /** Secrets in the arguments of any process of this machine. */
  async inProcessList(): Promise<string[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    // A process may be gone by the time it is looked at.
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    return this.in(lines.join('\n')).map((secret) => `${secret} in the process list`)
  }
}

const formsOf = (secret: string): string[] => {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')]
}
