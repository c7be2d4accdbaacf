import { createHmac, randomBytes } from 'node:crypto'
import { Secret } from '@platen/kit/secrets'

const prefix = 'whsec_'
const secretBytes = 32

/** A secret as receivers of the "standard webhooks" convention are given it: `whsec_` and base64. */
export const newWebhookSecret = (): Secret => new Secret(`${prefix}${randomBytes(secretBytes).toString('base64')}`)

/** The headers by which a receiver knows who sent a message, when, and whether it had it before. Unsigned without a secret. */
export function webhookHeaders(
  { id, body, sentAt }: { id: string; body: string; sentAt: Date },
  secret: Secret | undefined,
): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000))
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (secret === undefined) return headers
  const key = Buffer.from(secret.expose().slice(prefix.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { ...headers, 'webhook-signature': `v1,${signature}` }
}
