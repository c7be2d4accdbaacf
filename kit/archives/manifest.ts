// A manifest is written last: without it there is no archive. It is one canonical JSON text that people can read,
//   {"body":{...},"format":"platen-manifest","signature":{"algorithm":"Ed25519","key":"<id>","value":"<hex>"},"version":1}
// The signature covers everything but its own value, and the text must be canonical to the last byte, so no byte of it can
// change unseen. What the body says is the caller's; who reads it gives the schema.
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { z, type ZodType } from 'zod'
import { canonicalJson } from './canonical-json.ts'
import { ArchiveError } from './errors.ts'

export const MANIFEST_VERSION = 1
const FORMAT = 'platen-manifest'
const ALGORITHM = 'Ed25519'

const envelope = z.strictObject({
  body: z.record(z.string(), z.unknown()),
  format: z.literal(FORMAT),
  signature: z.strictObject({
    algorithm: z.literal(ALGORITHM),
    key: z.string().regex(/^[0-9a-f]{16}$/),
    value: z.string().regex(/^[0-9a-f]{128}$/),
  }),
  version: z.literal(MANIFEST_VERSION),
})

export interface ManifestRequest<Body> {
  /** Ed25519 public keys that are trusted: the current one and those of before. */
  publicKeys: readonly KeyObject[]
  /** What the body must be. Strict objects: an unknown field is a field that nobody checked. */
  body: ZodType<Body>
}

/** The text to store. `body` must be plain JSON. @throws TypeError for another body, or a key that is not Ed25519. */
export function signManifest(body: object, privateKey: KeyObject): string {
  const key = keyId(createPublicKey(privateKey))
  const value = sign(null, signedBytes(body, key), privateKey).toString('hex')
  return canonicalJson({
    body,
    format: FORMAT,
    signature: { algorithm: ALGORITHM, key, value },
    version: MANIFEST_VERSION,
  })
}

/** The body of a genuine manifest. @throws ArchiveError, and nothing of the body is believed before its signature is. */
export function verifyManifest<Body>(text: string | Buffer, request: ManifestRequest<Body>): Body {
  const { body, signature } = parse(typeof text === 'string' ? text : decode(text))
  const publicKey = request.publicKeys.find((candidate) => keyId(candidate) === signature.key)
  if (!publicKey)
    throw new ArchiveError('unknown-key', `the manifest is signed by key ${signature.key}, which is not trusted here`)
  if (!verify(null, signedBytes(body, signature.key), publicKey, Buffer.from(signature.value, 'hex')))
    throw new ArchiveError('not-authentic', 'the manifest was changed: its signature does not match')
  const parsed = request.body.safeParse(body)
  if (parsed.success) return parsed.data
  throw new ArchiveError(
    'not-as-listed',
    `the manifest is genuine but not what is expected: ${z.prettifyError(parsed.error)}`,
  )
}

function parse(text: string): z.infer<typeof envelope> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ArchiveError('malformed', 'the manifest is not JSON: it is cut or damaged', { cause })
  }
  const version = z.object({ format: z.literal(FORMAT), version: z.int() }).safeParse(value)
  if (version.success && version.data.version !== MANIFEST_VERSION) {
    const found = version.data.version
    throw new ArchiveError('unknown-version', `a manifest of version ${found}; this Platen reads ${MANIFEST_VERSION}`)
  }
  const parsed = envelope.safeParse(value)
  if (!parsed.success) throw new ArchiveError('malformed', `this is no manifest: ${z.prettifyError(parsed.error)}`)
  if (!isCanonical(value, text))
    throw new ArchiveError('malformed', 'the manifest is not in canonical form: somebody edited it')
  return parsed.data
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new ArchiveError('malformed', 'the manifest is not UTF-8: it is damaged', { cause })
  }
}

function isCanonical(value: unknown, text: string): boolean {
  try {
    return canonicalJson(value) === text
  } catch {
    return false
  }
}

function signedBytes(body: object, key: string): Buffer {
  const content = { body, format: FORMAT, signature: { algorithm: ALGORITHM, key }, version: MANIFEST_VERSION }
  return Buffer.from(`platen/manifest/${MANIFEST_VERSION}\n${canonicalJson(content)}`, 'utf8')
}

function keyId(publicKey: KeyObject): string {
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new TypeError('manifests are signed with Ed25519 keys only')
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)
}
