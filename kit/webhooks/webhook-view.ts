import { z } from 'zod'
import { outcomes, type AttemptRow } from './attempt-store.ts'
import type { ListedWebhook } from './webhook-store.ts'

const time = z.iso.datetime()
const status = z.int().nullable().describe('HTTP status of the answer; null where nobody answered.')
const detail = z.string().describe('A sentence, with the beginning of an answer that was not a yes.')
const outcome = z.enum(outcomes).describe('`retrying`: it is tried again; `failed`: it is not.')

export const webhookSchema = z
  .strictObject({
    id: z.uuid(),
    url: z.string(),
    description: z.string(),
    types: z.array(z.string()).describe('Types of events that are sent there; none: every event.'),
    enabled: z.boolean(),
    hasSecret: z.boolean().describe('False in a copy of a site: renew the secret before you enable the webhook.'),
    createdBy: z.string(),
    createdAt: time,
    updatedAt: time,
    version: z.int(),
    lastDelivery: z.strictObject({ outcome, status, detail, at: time }).nullable(),
  })
  .meta({ id: 'Webhook' })

export const attemptSchema = z
  .strictObject({
    id: z.uuid(),
    eventId: z.uuid().describe('What the receiver sees as `webhook-id`.'),
    type: z.string(),
    attempt: z.int().describe('From 1; a replay begins anew.'),
    outcome,
    status,
    detail,
    durationMs: z.int(),
    at: time,
  })
  .meta({ id: 'WebhookDelivery' })

const details = {
  url: z.string().max(2_000).meta({ example: 'https://hooks.example.org/platen' }),
  description: z
    .string()
    .trim()
    .max(200)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must not contain control characters'),
  types: z.array(z.string().max(100)).max(200).describe('Types of events (GET /event-types); none: every event.'),
  enabled: z.boolean(),
}

export const webhookInput = z.strictObject({
  ...details,
  description: details.description.default(''),
  types: details.types.default([]),
  enabled: details.enabled.default(true),
})
export const webhookPatch = z.strictObject(details).partial()

export const webhookView = (row: ListedWebhook): z.infer<typeof webhookSchema> => {
  const { lastOutcome, lastStatus, lastDetail, lastAt, createdAt, updatedAt, ...rest } = row
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    lastDelivery:
      lastOutcome === null || lastAt === null
        ? null
        : { outcome: lastOutcome, status: lastStatus, detail: lastDetail ?? '', at: lastAt.toISOString() },
  }
}

export const attemptView = ({ at, ...row }: AttemptRow): z.infer<typeof attemptSchema> => ({
  ...row,
  at: at.toISOString(),
})
