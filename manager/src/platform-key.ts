import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { createSnapshotKeys, ensurePublicKey } from '@platen/drivers/snapshots'
import { platformSigner, type AnchorSigner } from '@platen/identity'
import { Secret, type Vault } from '@platen/kit/secrets'
import { one, sql, withScope, type Db } from '@platen/kit/sql'

/** The key that signs snapshots: made once, kept sealed; its public half lies where benches and the edge read it. */
export async function ensureSnapshotKey(db: Db, vault: Vault, publicKeyFile: string): Promise<KeyObject> {
  const kept = await ensureKey(db, vault, 'snapshot-signing')
  await ensurePublicKey(publicKeyFile, kept.publicKeyPem)
  return kept.privateKey
}

/** The key that signs the manifests of backups. Apart from the other one: each is believed for one thing only. */
export const ensureArchiveKey = async (db: Db, vault: Vault): Promise<KeyObject> =>
  (await ensureKey(db, vault, 'archive-signing')).privateKey

/** Signs the heads of the audit trail that are kept outside of the database. */
export async function ensureAnchorSigner(db: Db, vault: Vault): Promise<AnchorSigner> {
  const { privateKey } = await ensureKey(db, vault, 'audit-anchor-signing')
  return platformSigner({ privateKey, publicKey: createPublicKey(privateKey) })
}

async function ensureKey(db: Db, vault: Vault, name: string): Promise<{ privateKey: KeyObject; publicKeyPem: string }> {
  const sealContext = `manager.platform_keys/${name}`
  const fresh = createSnapshotKeys()
  const sealed = vault.seal(new Secret(String(fresh.privateKey.export({ type: 'pkcs8', format: 'pem' }))), sealContext)
  const kept = await withScope(db, { operator: true }, async (tx) => {
    await sql`INSERT INTO manager.platform_keys (name, public_key_pem, sealed_private_key) VALUES (${name}, ${fresh.publicKeyPem}, ${sealed})
      ON CONFLICT ON CONSTRAINT platform_keys_pkey DO NOTHING`.execute(tx)
    return one(
      tx,
      sql<{
        public_key_pem: string
        sealed_private_key: string
      }>`SELECT public_key_pem, sealed_private_key FROM manager.platform_keys WHERE name = ${name}`,
    )
  })
  const privateKey = createPrivateKey(vault.open(kept.sealed_private_key, sealContext).expose())
  return { privateKey, publicKeyPem: kept.public_key_pem }
}
