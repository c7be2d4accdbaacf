import { maybe, one, rows, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { chainName, firstPreviousHash, sealHash, type Chain, type SealedContent } from './chain.ts'
import { isOfChain, isUnsealed, sealedColumns } from './entry-rows.ts'

/** What is sealed in one transaction. */
const batchSize = 1000
/** Looked at each time; what commits after a longer transaction is found by the thorough look. */
const recentMinutes = 10

export interface SealedChains {
  sealed: number
  /** Those whose head has moved. */
  chains: Chain[]
}

/** Seals what has no seal. Any number of processes may do so at once: one of them seals a chain, the others pass by. */
export async function sealEntries(
  db: Db,
  { isThorough, signal }: { isThorough: boolean; signal?: AbortSignal },
): Promise<SealedChains> {
  const window = isThorough ? sql`true` : sql`e.at > now() - make_interval(mins => ${recentMinutes})`
  const waiting = await withScope(db, { operator: true }, (tx) =>
    rows(
      tx,
      sql<{
        tenant_id: Chain
      }>`SELECT DISTINCT e.tenant_id FROM identity.audit_entries e WHERE ${window} AND ${isUnsealed}`,
    ),
  )
  const result: SealedChains = { sealed: 0, chains: [] }
  for (const { tenant_id: chain } of waiting) {
    let inChain = 0
    for (let count = batchSize; count === batchSize && signal?.aborted !== true; inChain += count)
      count = await withScope(db, { operator: true }, (tx) => sealBatch(tx, chain))
    if (inChain > 0) result.chains.push(chain)
    result.sealed += inChain
  }
  return result
}

interface Head {
  number: bigint
  hash: Buffer
}

/** Where a chain ends now. */
export const headOfChain = (tx: Tx, chain: Chain): Promise<Head | undefined> =>
  maybe(
    tx,
    sql<Head>`SELECT number, hash FROM identity.audit_seals WHERE ${isOfChain(chain)} ORDER BY number DESC LIMIT 1`,
  )

async function sealBatch(tx: Tx, chain: Chain): Promise<number> {
  const lock = `identity.audit_seals/${chainName(chain)}`
  // Given back at commit. The statements below see what the one who held it before has committed.
  const { isOurs } = await one(
    tx,
    sql<{ isOurs: boolean }>`SELECT pg_try_advisory_xact_lock(hashtextextended(${lock}, 0)) AS "isOurs"`,
  )
  if (!isOurs) return 0
  const head = await headOfChain(tx, chain)
  const entries = await rows(
    tx,
    sql<SealedContent>`SELECT ${sealedColumns} FROM identity.audit_entries e
      WHERE ${isOfChain(chain)} AND ${isUnsealed} ORDER BY e.at, e.id LIMIT ${batchSize}`,
  )
  if (entries.length === 0) return 0
  await insertSeals(tx, chain, { head, entries })
  return entries.length
}

async function insertSeals(
  tx: Tx,
  chain: Chain,
  { head, entries }: { head: Head | undefined; entries: readonly SealedContent[] },
): Promise<void> {
  let previous = head?.hash ?? firstPreviousHash
  const seals = entries.map((entry) => {
    const seal = { entry, previous, hash: sealHash(previous, entry) }
    previous = seal.hash
    return seal
  })
  await sql`INSERT INTO identity.audit_seals (tenant_id, number, entry_id, entry_at, previous_hash, hash)
    SELECT ${chain}::uuid, ${head?.number ?? 0n}::bigint + place, entry_id, entry_at, decode(previous_hash, 'hex'), decode(hash, 'hex')
    FROM unnest(${entries.map(({ id }) => id)}::uuid[], ${entries.map(({ at }) => at)}::timestamptz[],
      ${seals.map((seal) => seal.previous.toString('hex'))}::text[], ${seals.map(({ hash }) => hash.toString('hex'))}::text[])
      WITH ORDINALITY AS given (entry_id, entry_at, previous_hash, hash, place)`.execute(tx)
}
