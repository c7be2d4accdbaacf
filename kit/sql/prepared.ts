import { createHash } from 'node:crypto'
import { sql, type PostgresPool, type PostgresPoolClient, type RawBuilder } from 'kysely'
import type pg from 'pg'

const MARK = '/* prepared */'

/**
 * A statement that a connection parses once and plans at most a few times, which of a small read is most of the work. For reads by a
 * key that come with every request: the plan is kept, so it must be as good when the table has grown. Neither `*` as a column (a
 * migration would change what it means) nor texts that are put together anew each time: each text is kept until the connection ends.
 */
export const prepared = <R>(query: RawBuilder<R>): RawBuilder<R> => sql<R>`${sql.raw(MARK)} ${query}`

/** The pool, with marked statements sent by name. */
export function preparingPool(pool: pg.Pool): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  const preparing = (client: pg.PoolClient): PostgresPoolClient => {
    const known = clients.get(client) ?? preparingClient(client)
    clients.set(client, known)
    return known
  }
  return { options: pool.options, connect: async () => preparing(await pool.connect()), end: () => pool.end() }
}

const names = new Map<string, string>()

function nameOf(text: string): string {
  const name = names.get(text) ?? createHash('sha256').update(text).digest('base64url')
  names.set(text, name)
  return name
}

function preparingClient(client: pg.PoolClient): PostgresPoolClient {
  const query = (text: string, parameters: readonly unknown[]) => {
    const values = [...parameters]
    return text.startsWith(MARK) ? client.query({ name: nameOf(text), text, values }) : client.query(text, values)
  }
  return {
    // Of its two overloads the other one is for cursors, which a dialect without `cursor` never asks for.
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  }
}
