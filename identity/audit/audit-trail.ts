import { rows, sql, withScope, type Db, type Scope } from '@platen/kit/sql'
import { lastAnchor, writeAnchor, type AnchorPlace } from './anchors.ts'
import { chainName, type Chain } from './chain.ts'
import { headOfChain, sealEntries } from './seal-entries.ts'
import { verifyTrail, type AuditVerification } from './verify-trail.ts'

const anchorEveryMs = 10 * 60_000
/** How often the whole trail is searched for what has no seal: what a transaction longer than ten minutes wrote. */
const thoroughEveryMs = 10 * 60_000

/** Keeps the audit trail of one database provable. */
export interface AuditTrail {
  /** Seals what was committed and anchors what is due. Cheap when there is nothing; safe in any number of processes. Answers how many entries it sealed. */
  tend(signal?: AbortSignal): Promise<number>
  /** Seals, and anchors every chain that has moved since its last anchor, due or not. */
  anchorNow(): Promise<void>
  verify(scope: Scope): Promise<AuditVerification>
}

export function createAuditTrail({ db, place }: { db: Db; place: AnchorPlace }): AuditTrail {
  /** Chains that may have moved since they were anchored, and when (performance.now()) each is to be looked at. */
  const moved = new Map<Chain, number>()
  let thoroughAtMs = -Infinity

  const seal = async (isThorough: boolean, signal?: AbortSignal): Promise<number> => {
    const { sealed, chains } = await sealEntries(db, { isThorough, ...(signal ? { signal } : {}) })
    for (const chain of isThorough ? await sealedChains(db) : chains) moved.set(chain, moved.get(chain) ?? 0)
    if (isThorough) thoroughAtMs = performance.now()
    return sealed
  }
  const anchor = async (pauseMs: number, signal?: AbortSignal): Promise<void> => {
    for (const [chain, lookAtMs] of moved) {
      if (signal?.aborted === true) return
      if (pauseMs > 0 && performance.now() < lookAtMs) continue
      const waitMs = await anchorChain(db, place, chain, pauseMs)
      if (waitMs === 0) moved.delete(chain)
      else moved.set(chain, performance.now() + waitMs)
    }
  }

  return {
    async tend(signal) {
      const sealed = await seal(performance.now() - thoroughAtMs > thoroughEveryMs, signal)
      await anchor(anchorEveryMs, signal)
      return sealed
    },
    async anchorNow() {
      await seal(true)
      await anchor(0)
    },
    verify: (scope) => verifyTrail(db, { scope, place }),
  }
}

const sealedChains = async (db: Db): Promise<Chain[]> => {
  const found = await withScope(db, { operator: true }, (tx) =>
    rows(tx, sql<{ tenant_id: Chain }>`SELECT DISTINCT tenant_id FROM identity.audit_seals`),
  )
  return found.map(({ tenant_id: chain }) => chain)
}

/** Answers how long to wait because the last anchor is younger than the pause; 0 when the head is anchored. */
async function anchorChain(db: Db, place: AnchorPlace, chain: Chain, pauseMs: number): Promise<number> {
  const head = await withScope(db, { operator: true }, (tx) => headOfChain(tx, chain))
  const last = await lastAnchor(place, chainName(chain))
  // A chain that is shorter than its anchor was cut: the anchor is the proof of that, and the next one would begin to hide it.
  if (head === undefined || Number(head.number) <= (last?.number ?? 0)) return 0
  const now = new Date()
  const youngerByMs = last === undefined ? 0 : last.at.getTime() + pauseMs - now.getTime()
  if (youngerByMs > 0) return Math.min(youngerByMs, pauseMs)
  const at = now.toISOString()
  await writeAnchor(place, {
    chain: chainName(chain),
    number: Number(head.number),
    hash: head.hash.toString('hex'),
    at,
  })
  return 0
}
