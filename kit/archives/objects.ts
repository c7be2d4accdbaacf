import { z } from 'zod'

const sizeBytes = z.int().min(0)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex')

/** One object as a manifest lists it: its name within the archive, and the sums that `sealStream` reported. */
export const archiveObject = z.strictObject({
  name: z.string().min(1).max(1024),
  plainBytes: sizeBytes,
  plainSha256: sha256,
  cipherBytes: sizeBytes,
  cipherSha256: sha256,
})

/** All objects of an archive; a name occurs once. */
export const archiveObjects = z
  .array(archiveObject)
  .refine((objects) => new Set(objects.map((object) => object.name)).size === objects.length, 'names an object twice')

export type ArchiveObject = z.infer<typeof archiveObject>
