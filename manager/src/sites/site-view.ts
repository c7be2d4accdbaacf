import { z } from 'zod'
import { archivedUntil, siteActionNames, siteActions, siteStates } from './site.ts'
import type { SiteRow } from './site-store.ts'

/** A site as the API tells it. */
export const siteSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    host: z.string(),
    url: z.string(),
    state: z.enum(siteStates),
    plan: z.strictObject({ id: z.uuid(), name: z.string(), title: z.string(), maxStorageBytes: z.int() }),
    /** Null until it was measured once. */
    usage: z.strictObject({ databaseBytes: z.int(), filesBytes: z.int(), measuredAt: z.iso.datetime() }).nullable(),
    bench: z.strictObject({ id: z.uuid(), name: z.string() }).nullable(),
    adminEmail: z.string(),
    createdAt: z.iso.datetime(),
    activatedAt: z.iso.datetime().nullable(),
    archivedAt: z.iso.datetime().nullable(),
    archivedUntil: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Until then it can be revived; afterwards it is dropped' }),
    lastVerifiedBackupAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'The moment that its newest verified backup shows' }),
    release: z.string().nullable(),
    probe: z.strictObject({ ok: z.boolean(), checkedAt: z.iso.datetime(), detail: z.string() }).nullable(),
    operation: z.strictObject({ id: z.uuid(), type: z.string(), state: z.string() }).nullable(),
    actions: z.array(
      z.strictObject({
        name: z.enum(siteActionNames),
        allowed: z.boolean(),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Site' })

export function toSiteAnswer(
  site: SiteRow,
  addresses: { siteHost(name: string): string; siteUrl(host: string): string },
): z.infer<typeof siteSchema> {
  // A dropped site has given its host back; its address is still what people remember it by.
  const host = site.host ?? addresses.siteHost(site.name)
  const archivedAt = site.state === 'archived' ? site.archived_at : null
  return {
    id: site.id,
    name: site.name,
    host,
    url: addresses.siteUrl(host),
    state: site.state,
    plan: {
      id: site.plan_id,
      name: site.plan_name,
      title: site.plan_title,
      maxStorageBytes: site.max_storage_bytes,
    },
    usage: usageOf(site),
    bench: site.bench_id === null ? null : { id: site.bench_id, name: site.bench_name ?? '' },
    adminEmail: site.admin_email,
    createdAt: site.created_at.toISOString(),
    activatedAt: site.activated_at?.toISOString() ?? null,
    archivedAt: archivedAt?.toISOString() ?? null,
    archivedUntil: archivedAt === null ? null : archivedUntil(archivedAt).toISOString(),
    lastVerifiedBackupAt: site.last_verified_backup_at?.toISOString() ?? null,
    release: site.release_name,
    probe:
      site.probe_at === null
        ? null
        : { ok: site.probe_ok ?? false, checkedAt: site.probe_at.toISOString(), detail: site.probe_detail ?? '' },
    operation:
      site.operation_id === null
        ? null
        : { id: site.operation_id, type: site.operation_type ?? '', state: site.operation_state ?? '' },
    actions: siteActions(site.state, site.operation_type),
  }
}

const usageOf = ({
  database_bytes: databaseBytes,
  files_bytes: filesBytes,
  measured_at: measuredAt,
}: SiteRow): z.infer<typeof siteSchema>['usage'] =>
  databaseBytes === null || filesBytes === null || measuredAt === null
    ? null
    : { databaseBytes, filesBytes, measuredAt: measuredAt.toISOString() }
