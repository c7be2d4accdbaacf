import { one, rows, sql, withScope, type Db, type Scope, type Tx } from '@platen/kit/sql'
import { readAnchors, type AnchorPlace, type FoundAnchor } from './anchors.ts'
import { chainName, firstPreviousHash, sealHash, type Chain, type SealedContent } from './chain.ts'
import { isOfChain, isUnsealed, sealedColumns } from './entry-rows.ts'

/** Seals that are read at once: memory does not grow with the trail. */
const pageSize = 2000

export const faults = [
  'entry-changed',
  'entry-missing',
  'seal-missing',
  'seal-changed',
  'anchor-differs',
  'tail-missing',
  'anchor-forged',
] as const
export type Fault = (typeof faults)[number]

/** The first thing that does not fit. */
export interface BadEntry {
  chain: string
  /** Null where an anchor tells of an entry that is not there any more. */
  entryId: string | null
  at: string | null
  why: Fault
}

export interface AuditVerification {
  ok: boolean
  /** Entries whose seal was compared. */
  checked: number
  firstBad: BadEntry | null
  /** Entries that no seal protects yet: those of the last second or so. */
  unsealed: number
  anchors: {
    checked: number
    /** When the last one was made. What came later than it may be cut off without a trace. */
    lastAt: string | null
  }
}

export interface VerifyOptions {
  /** Whose trail: a tenant's, or with `operator` every chain. */
  scope: Scope
  place: AnchorPlace
}

/** Reads the whole trail in one view of the database and compares it with its seals, and the seals with the anchors. */
export async function verifyTrail(db: Db, { scope, place }: VerifyOptions): Promise<AuditVerification> {
  const only = scope.operator === true ? '' : (scope.tenantId ?? '')
  // Before the view is taken: an anchor made meanwhile would tell of seals that the view does not have.
  const anchors = await readAnchors(place, only)
  return withScope(db, scope, (tx) => verifyInView(tx, anchors), { isolation: 'repeatable read' })
}

async function verifyInView(tx: Tx, anchors: readonly FoundAnchor[]): Promise<AuditVerification> {
  const forged = anchors.find(({ isGenuine }) => !isGenuine)
  let firstBad: BadEntry | null =
    forged === undefined ? null : { chain: forged.chain, entryId: null, at: forged.at || null, why: 'anchor-forged' }
  let checked = 0
  for (const chain of await chainsOf(tx, anchors)) {
    if (firstBad !== null) break
    const ofChain = anchors.filter((anchor) => anchor.chain === chainName(chain))
    const walked = await walkChain(tx, chain, ofChain)
    checked += walked.checked
    firstBad = walked.bad
  }
  const { unsealed } = await one(
    tx,
    sql<{ unsealed: number }>`SELECT count(*)::int AS unsealed FROM identity.audit_entries e WHERE ${isUnsealed}`,
  )
  const lastAt = anchors.reduce<string | null>((last, { at }) => (last === null || at > last ? at : last), null)
  return { ok: firstBad === null, checked, firstBad, unsealed, anchors: { checked: anchors.length, lastAt } }
}

/** Those that have seals, and those that only an anchor remembers. */
async function chainsOf(tx: Tx, anchors: readonly FoundAnchor[]): Promise<Chain[]> {
  const sealed = await rows(tx, sql<{ tenant_id: Chain }>`SELECT DISTINCT tenant_id FROM identity.audit_seals`)
  const named = anchors.map(({ chain }) => (chain === chainName(null) ? null : chain))
  return [...new Set([...sealed.map(({ tenant_id: chain }) => chain), ...named])]
}

interface SealRow extends SealedContent {
  number: bigint
  entry_id: string
  entry_at: string
  previous_hash: Buffer
  hash: Buffer
  /** Null when the entry is not there, or belongs to somebody else. */
  found: boolean | null
}

interface Walk {
  checked: number
  bad: BadEntry | null
}

async function walkChain(tx: Tx, chain: Chain, anchors: readonly FoundAnchor[]): Promise<Walk> {
  const anchored = new Map(anchors.map(({ number, hash }) => [BigInt(number), hash]))
  let previous: Buffer = firstPreviousHash
  let number = 0n
  for (;;) {
    const page = await sealsAfter(tx, chain, number)
    for (const seal of page) {
      const why = faultOf(seal, { previous, number: number + 1n, anchored: anchored.get(number + 1n) })
      if (why !== undefined)
        return {
          checked: Number(number),
          bad: { chain: chainName(chain), entryId: seal.entry_id, at: seal.entry_at, why },
        }
      number += 1n
      previous = seal.hash
    }
    if (page.length < pageSize) break
  }
  const missing = anchors.find((anchor) => BigInt(anchor.number) > number)
  if (missing !== undefined)
    return {
      checked: Number(number),
      bad: { chain: missing.chain, entryId: null, at: missing.at, why: 'tail-missing' },
    }
  return { checked: Number(number), bad: await twiceNumbered(tx, chain, number) }
}

function faultOf(
  seal: SealRow,
  expected: { previous: Buffer; number: bigint; anchored: string | undefined },
): Fault | undefined {
  if (seal.number !== expected.number) return 'seal-missing'
  if (!seal.previous_hash.equals(expected.previous)) return 'seal-changed'
  if (seal.found === null) return 'entry-missing'
  if (!sealHash(expected.previous, contentOf(seal)).equals(seal.hash)) return 'entry-changed'
  if (expected.anchored !== undefined && expected.anchored !== seal.hash.toString('hex')) return 'anchor-differs'
  return undefined
}

const contentOf = ({
  number: _number,
  entry_id: _id,
  entry_at: _at,
  previous_hash: _previous,
  hash: _hash,
  found: _found,
  ...content
}: SealRow): SealedContent => content

const sealsAfter = (tx: Tx, chain: Chain, number: bigint): Promise<SealRow[]> =>
  rows(
    tx,
    sql<SealRow>`SELECT s.number, s.entry_id, s.entry_at::text, s.previous_hash, s.hash, e.id IS NOT NULL OR NULL AS found, ${sealedColumns}
      FROM (SELECT * FROM identity.audit_seals WHERE ${isOfChain(chain)} AND number > ${number} ORDER BY number LIMIT ${pageSize}) s
      LEFT JOIN identity.audit_entries e ON e.id = s.entry_id AND e.at = s.entry_at AND e.tenant_id IS NOT DISTINCT FROM s.tenant_id
      ORDER BY s.number`,
  )

/** Who removed the constraint may have given a number twice; the walk has seen one of the two. */
async function twiceNumbered(tx: Tx, chain: Chain, walked: bigint): Promise<BadEntry | null> {
  const [more] = await rows(
    tx,
    sql<{ entry_id: string; at: string }>`SELECT entry_id, entry_at::text AS at FROM identity.audit_seals
      WHERE ${isOfChain(chain)} AND (number < 1 OR number IN (
        SELECT number FROM identity.audit_seals WHERE ${isOfChain(chain)} GROUP BY number HAVING count(*) > 1))
      AND (SELECT count(*) FROM identity.audit_seals WHERE ${isOfChain(chain)}) <> ${walked} LIMIT 1`,
  )
  return more === undefined
    ? null
    : { chain: chainName(chain), entryId: more.entry_id, at: more.at, why: 'seal-changed' }
}
