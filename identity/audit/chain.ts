// What a seal says: this entry, with exactly this content, came right after that one. Pure.
import { createHash } from 'node:crypto'
import { canonicalJson } from '@platen/kit/archives'

/** The tenant whose chain it is; null is the chain of what belongs to none. */
export type Chain = string | null

/** In anchors, answers and lock names. */
export const chainName = (chain: Chain): string => chain ?? 'platform'

/**
 * What of an entry is sealed. Without the tenant: which chain the seal stands in says it already, and a restored copy that becomes
 * another site would otherwise lose its proof. Texts as PostgreSQL prints them, so that no reader rounds a number or a time.
 */
export interface SealedContent {
  id: string
  /** UTC with microseconds. */
  at: string
  actorId: string | null
  actorLabel: string
  action: string
  resource: string
  resourceId: string | null
  changes: string | null
  ip: string | null
  userAgent: string | null
  requestId: string | null
  operationId: string | null
}

/** What the first seal of a chain follows. */
export const firstPreviousHash = Buffer.alloc(32)

export const sealHash = (previous: Buffer, content: SealedContent): Buffer =>
  createHash('sha256')
    .update(previous)
    .update(canonicalJson({ ...content }))
    .digest()
