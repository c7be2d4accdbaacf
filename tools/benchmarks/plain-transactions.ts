// The least that has an effect once: an insert and the note that it was made, one event per transaction, on one connection.
import { Client } from 'pg'
import { clientConfig } from '@platen/kit/sql'
import { testDatabase, testServer } from '@platen/kit/testing'

/** Transactions per second. */
export async function plainTransactions(count: number): Promise<number> {
  const database = await testDatabase({ template: 'plain-transactions', sets: [] })
  const client = new Client(clientConfig({ ...testServer(), database: database.name }))
  await client.connect()
  try {
    await client.query(`
      create table effects (id bigint primary key);
      create table deliveries (id bigint primary key, delivered_at timestamptz);
      insert into deliveries select generate_series(1, ${count})`)
    const startedMs = performance.now()
    for (let id = 1; id <= count; id += 1) {
      await client.query('begin')
      await client.query('insert into effects values ($1)', [id])
      await client.query('update deliveries set delivered_at = now() where id = $1', [id])
      await client.query('commit')
    }
    return Math.round((count / (performance.now() - startedMs)) * 1_000)
  } finally {
    await client.end()
    await database.drop()
  }
}
