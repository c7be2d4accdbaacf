/**
 * A backup, format version 1. In the object store:
 *   backups/<site>/<backup>/dump       the database of one moment, sealed
 *   backups/<site>/<backup>/files      one JSON line per file of the site, sealed (`fileEntry`)
 *   backups/<site>/<backup>/manifest   signed, written last: without it the backup does not exist
 *   backups/<site>/files/<sha256>      content of files, sealed once per content, shared by all backups of the site
 * Everything is sealed with the tenant's data key for exactly one place (`contexts`), so nothing can stand in for something else.
 */
import { z } from 'zod'
import { archiveObjects } from '@platen/kit/archives'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const sizeBytes = z.int().min(0)

const sums = z.strictObject({
  plainBytes: sizeBytes,
  plainSha256: sha256,
  cipherBytes: sizeBytes,
  cipherSha256: sha256,
})
const tableDigest = z.strictObject({ name: z.string(), rows: z.int().min(0), digest: z.string() })
const appVersion = z.strictObject({ name: z.string(), version: z.string() })
const fileTotals = z.strictObject({ count: z.int().min(0), plainBytes: sizeBytes, cipherBytes: sizeBytes })

/** One file of the site: its key within the site's storage, and the sealed object that holds its content. */
export const fileEntry = z.strictObject({ key: z.string(), contentType: z.string(), ...sums.shape })
export type FileEntry = z.infer<typeof fileEntry>

/** What is known before the manifest is written, kept in the backup's row from step to step. */
export const draftSchema = z.strictObject({
  takenAt: z.iso.datetime().optional(),
  lsn: z.string().optional(),
  serverVersion: z.string().optional(),
  release: z.string().optional(),
  apps: z.array(appVersion).optional(),
  tables: z.array(tableDigest).optional(),
  dump: sums.optional(),
  files: sums.optional(),
  fileTotals: fileTotals.optional(),
})
export type Draft = z.infer<typeof draftSchema>

export const manifestBody = z.strictObject({
  backup: z.strictObject({
    id: z.uuid(),
    tenantId: z.uuid(),
    siteId: z.uuid(),
    siteName: z.string(),
    reason: z.string(),
  }),
  takenAt: z.iso.datetime(),
  /** Position in the database server's log, and what wrote the dump. */
  lsn: z.string(),
  serverVersion: z.string(),
  /** Fingerprint of all migrations that the database has, and the apps that they are of. */
  release: z.string(),
  apps: z.array(appVersion),
  tables: z.array(tableDigest),
  objects: archiveObjects,
  fileTotals,
  /** The tenant's data key, sealed by the master key: with that one a store without a control plane can be read. */
  sealedDataKey: z.string(),
  /** Of the site's backup before this one: a missing link shows. */
  previousManifestSha256: sha256.nullable(),
})
export type ManifestBody = z.infer<typeof manifestBody>

export interface ArchivePlace {
  tenantId: string
  siteId: string
  backupId: string
}

export const archivePrefix = (siteId: string, backupId: string): string => `backups/${siteId}/${backupId}`

export const archiveKeys = ({ siteId, backupId }: ArchivePlace) => {
  const prefix = archivePrefix(siteId, backupId)
  return { prefix, dump: `${prefix}/dump`, files: `${prefix}/files`, manifest: `${prefix}/manifest` } as const
}

export const storedFilesPrefix = (siteId: string): string => `backups/${siteId}/files`
export const storedFileKey = (siteId: string, plainSha256: string): string =>
  `${storedFilesPrefix(siteId)}/${plainSha256}`

/** `tenant|backup|object`; contents of files belong to all backups of their site. */
export const archiveContexts = {
  dump: ({ tenantId, backupId }: ArchivePlace) => `${tenantId}|${backupId}|dump`,
  files: ({ tenantId, backupId }: ArchivePlace) => `${tenantId}|${backupId}|files`,
  storedFile: ({ tenantId, siteId }: ArchivePlace, plainSha256: string) => `${tenantId}|${siteId}|${plainSha256}`,
} as const

export const dataKeyContext = (tenantId: string): string => `manager.tenant_data_keys/${tenantId}`
