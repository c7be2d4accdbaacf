/**
 * Signing and checking of snapshots.
 *
 * `issuedAt` is part of what is signed: it decides whether a lower version may replace a higher one (see `supersedes`), so nobody
 * but the manager may choose it.
 */
import { createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { snapshotEnvelopeSchema, type SnapshotEnvelope } from './schema.ts'

/** Why a snapshot was not accepted; `reason` is stable, the message is for the operator. */
export class SnapshotRefused extends Error {
  readonly reason: 'malformed' | 'signature' | 'consumer' | 'version' | 'payload'

  constructor(reason: SnapshotRefused['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SnapshotRefused'
    this.reason = reason
  }
}

/** Ed25519. The manager keeps the private key sealed and writes the public one to `keys/manager-public.pem`. */
export function createSnapshotKeys(): { publicKeyPem: string; privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { publicKeyPem: String(publicKey.export({ type: 'spki', format: 'pem' })), privateKey }
}

/**
 * @param draft.issuedAt the moment of publishing; the manager keeps it rising with the version.
 * @param privateKey Ed25519 private key.
 */
export function signSnapshot(
  draft: { consumer: string; version: number; issuedAt: Date; payload: unknown },
  privateKey: KeyObject,
): SnapshotEnvelope {
  const unsigned = {
    consumer: draft.consumer,
    version: draft.version,
    issuedAt: draft.issuedAt.toISOString(),
    payload: JSON.stringify(draft.payload),
  }
  return { ...unsigned, signature: sign(null, signedBytes(unsigned), privateKey).toString('base64') }
}

/**
 * Checks shape, signature and addressee.
 * @throws {SnapshotRefused} malformed, signature or consumer.
 */
export function verifySnapshot(candidate: unknown, publicKey: KeyObject | string, consumer: string): SnapshotEnvelope {
  const parsed = snapshotEnvelopeSchema.safeParse(candidate)
  if (!parsed.success)
    throw new SnapshotRefused('malformed', `snapshot for ${consumer} is not an envelope`, { cause: parsed.error })
  const envelope = parsed.data
  const key = typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey
  if (!verify(null, signedBytes(envelope), key, Buffer.from(envelope.signature, 'base64'))) {
    throw new SnapshotRefused(
      'signature',
      `snapshot ${envelope.version} for ${consumer} is not signed by this platform's manager`,
    )
  }
  if (envelope.consumer !== consumer) {
    throw new SnapshotRefused(
      'consumer',
      `snapshot ${envelope.version} is addressed to ${envelope.consumer}, not to ${consumer}`,
    )
  }
  return envelope
}

/**
 * Whether `next` may replace `current`.
 *
 * A higher version always may. A version that is not higher may only if it was **issued later**: that is what a manager looks like
 * whose database was restored from a backup, its counter is behind ours while its clock is not. Without this rule every edge and
 * bench would refuse routes until the counter had caught up. A recorded older envelope cannot use the rule, for its signed
 * issuedAt is older. The time alone is not the order, so that a clock set back does not stop publishing.
 */
export function supersedes(
  next: Pick<SnapshotEnvelope, 'version' | 'issuedAt'>,
  current: Pick<SnapshotEnvelope, 'version' | 'issuedAt'> | undefined,
): boolean {
  if (!current) return true
  return next.version > current.version || next.issuedAt > current.issuedAt
}

function signedBytes(envelope: Omit<SnapshotEnvelope, 'signature'>): Buffer {
  return Buffer.from(`${envelope.consumer}\n${envelope.version}\n${envelope.issuedAt}\n${envelope.payload}`)
}
