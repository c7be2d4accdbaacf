import { z } from 'zod'
import type { EntryRow } from './list-entries.ts'
import { faults } from './verify-trail.ts'

export const entrySchema = z
  .strictObject({
    id: z.uuid(),
    at: z.iso.datetime(),
    tenantId: z.uuid().nullable(),
    actor: z.strictObject({ id: z.uuid().nullable(), label: z.string() }),
    action: z.string(),
    resource: z.string(),
    resourceId: z.string().nullable(),
    changes: z.unknown().meta({ description: 'What changed, without secrets; null where nothing is told.' }),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
    operationId: z.uuid().nullable(),
    seal: z
      .strictObject({ number: z.int(), hash: z.string() })
      .nullable()
      .meta({ description: 'Its place in the chain; null for the second or so until it is sealed.' }),
  })
  .meta({ id: 'AuditEntry' })

export const entryAnswer = (row: EntryRow): z.infer<typeof entrySchema> => {
  const { actorId, actorLabel, sealNumber, sealHash, changes, ...rest } = row
  return {
    ...rest,
    actor: { id: actorId, label: actorLabel },
    changes: changes ?? null,
    seal: sealNumber === null || sealHash === null ? null : { number: Number(sealNumber), hash: sealHash },
  }
}

export const verificationSchema = z
  .strictObject({
    ok: z.boolean(),
    checked: z.int(),
    firstBad: z
      .strictObject({
        chain: z.string(),
        entryId: z.string().nullable(),
        at: z.string().nullable(),
        why: z.enum(faults),
      })
      .nullable(),
    unsealed: z.int(),
    anchors: z.strictObject({ checked: z.int(), lastAt: z.string().nullable() }),
  })
  .meta({ id: 'AuditVerification' })
