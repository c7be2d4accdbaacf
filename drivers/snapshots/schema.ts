/**
 * What the manager publishes and benches and edges consume. Both sides share these schemas. Unknown fields are dropped, not
 * refused: a manager one release ahead may publish more than an older bench understands.
 */
import { z } from 'zod'

/** `suspended` shows a page, `starting` shows a page that reloads itself, `active` is served. */
export const siteStateSchema = z.enum(['active', 'suspended', 'starting'])

const hostSchema = z.string().min(1).max(253)
const sealedSchema = z.string().startsWith('s1.')

const benchSiteSchema = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  hosts: z.array(hostSchema),
  state: siteStateSchema,
  /** Raised by a restart: the bench closes the site's pool and forgets its caches. */
  generation: z.number().int().nonnegative(),
  database: z.object({
    /** Directory of the unix socket, or a host name. */
    host: z.string(),
    port: z.number().int(),
    name: z.string(),
    /** The app role. */
    user: z.string(),
    sealedPassword: sealedSchema,
    maxConnections: z.number().int().positive(),
  }),
  /** 32 bytes: seals the site's signing keys; the object URL key is derived from it. */
  sealedDataKey: sealedSchema,
  plan: z.object({
    title: z.string(),
    maxStorageBytes: z.number().int().nonnegative(),
    maxUsers: z.number().int().nonnegative(),
  }),
  objectPrefix: z.string(),
})

export const benchSnapshotSchema = z.object({
  bench: z.string(),
  release: z.string(),
  consoleUrl: z.string(),
  sites: z.array(benchSiteSchema),
})

const edgeRouteSchema = z.object({
  /** Lower-case ASCII (punycode), no port, no trailing dot. */
  host: hostSchema,
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('manager') }),
    z.object({ kind: z.literal('bench'), bench: z.string(), siteId: z.string() }),
  ]),
  state: siteStateSchema,
})

const edgeCertificateSchema = z.object({
  /** DNS names (also `*.zone`) and IP addresses of the leaf. */
  names: z.array(z.string()).min(1),
  /** The leaf followed by its issuers. */
  certificatePem: z.string(),
  /** Sealed with the context of {@link sealingContexts.certificateKey}. */
  sealedPrivateKey: sealedSchema,
  /** RFC 3339. */
  notAfter: z.string(),
})

export const edgeSnapshotSchema = z.object({
  zone: z.string(),
  consoleHost: hostSchema,
  httpsPort: z.number().int(),
  /** Socket paths of the public side of each bench process. */
  benches: z.array(z.object({ name: z.string(), sockets: z.array(z.string()) })),
  managerSocket: z.string(),
  routes: z.array(edgeRouteSchema),
  certificates: z.array(edgeCertificateSchema),
})

export const snapshotEnvelopeSchema = z.object({
  consumer: z.string().min(1),
  version: z.number().int().positive(),
  /** RFC 3339 in UTC with milliseconds, always the form of `Date.toISOString()`, so that text order is time order. */
  issuedAt: z.iso.datetime({ precision: 3 }),
  /** JSON text. Signed as these exact bytes, hence not an object. */
  payload: z.string(),
  /** base64 Ed25519. */
  signature: z.string(),
})

export const acknowledgementSchema = z.object({
  /** The version in effect, which is an older one when a newer could not be applied; 0 when none is. */
  version: z.number().int().nonnegative(),
  issuedAt: z.string(),
  /** Sentences for the operator: what the consumer could not do. Empty when all is well. */
  problems: z.array(z.string()).default([]),
})

export type SiteState = z.infer<typeof siteStateSchema>
export type BenchSnapshot = z.infer<typeof benchSnapshotSchema>
export type BenchSnapshotSite = z.infer<typeof benchSiteSchema>
export type EdgeSnapshot = z.infer<typeof edgeSnapshotSchema>
export type EdgeRoute = z.infer<typeof edgeRouteSchema>
export type EdgeCertificate = z.infer<typeof edgeCertificateSchema>
export type SnapshotEnvelope = z.infer<typeof snapshotEnvelopeSchema>
export type SnapshotAcknowledgement = z.infer<typeof acknowledgementSchema>
