import { withScope, type Tx } from '@platen/kit/sql'
import { appendAudit, type Actor } from '../audit.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { actorOf, type Principal } from '../principal.ts'
import type { Visitor } from '../sessions.ts'
import type { TokenKeys } from './access-tokens.ts'
import type { PublishedKey } from './key-ring.ts'
import { takeNewKey } from './new-key.ts'
import { isReplacementDue, presentKid, replaceKey } from './signing-key-store.ts'

/** A process asks the database once an hour whether a key has become too old. */
const lookEveryMs = 3_600_000

/** The signing keys of one place. */
export interface SigningKeys {
  /** What verifies the access tokens of this place (RFC 7517). */
  published(): Promise<PublishedKey[]>
  /** A new key, at once; the present one verifies until its last token is over. Answers its kid. */
  rotate(principal: Principal, visitor: Visitor): Promise<string>
  /** A new key if the present one is 90 days old. To be called from time to time, by any process. */
  rotateWhenDue(): Promise<void>
}

export function createSigningKeys({ db, vault }: IdentityParts, keys: TokenKeys): SigningKeys {
  let lookedAt = -Infinity
  return {
    published: () => keys.published(),
    async rotate(principal, visitor) {
      // Before the transaction: making one takes up to half a second.
      const successor = await takeNewKey()
      return withScope(db, { tenantId: principal.tenantId }, async (tx) => {
        // Somebody else may ask at the same moment: that key is new enough for both.
        if (!(await replaceKey(tx, vault, successor, { whenDue: false }))) return presentKid(tx)
        await audit(tx, { tenantId: principal.tenantId, actor: actorOf(principal, visitor), kid: successor.kid })
        return successor.kid
      })
    },
    async rotateWhenDue() {
      if (performance.now() - lookedAt < lookEveryMs) return
      lookedAt = performance.now()
      if (!(await isReplacementDue(db))) return
      const successor = await takeNewKey()
      await withScope(db, {}, async (tx) => {
        if (!(await replaceKey(tx, vault, successor, { whenDue: true }))) return
        await audit(tx, { tenantId: null, actor: { id: null, label: 'platform' }, kid: successor.kid })
      })
    },
  }
}

const audit = (
  tx: Tx,
  { tenantId, actor, kid }: { tenantId: string | null; actor: Actor; kid: string },
): Promise<void> =>
  appendAudit(tx, { tenantId, actor, action: 'signing-key.rotated', resource: 'signing-key', resourceId: kid })
