import { createHmac, randomBytes } from 'node:crypto'
import { Secret } from '../secrets/index.ts'

const prefix = 'whsec_'
const secretBytes = 32

/** A secret as receivers of the "standard webhooks" convention are given it: `whsec_` and base64. */
export const newWebhookSecret = (): Secret => new Secret(`${prefix}${randomBytes(secretBytes).toString('base64')}`)

/**
 * The headers by which a receiver knows who sent a message, when, and whether it had it before. Unsigned without a secret; with several,
 * as after one was renewed, signed with each.
 */
export function webhookHeaders(
  { id, body, sentAt }: { id: string; body: string; sentAt: Date },
  ...secrets: readonly Secret[]
): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000))
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (secrets.length === 0) return headers
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.expose().slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return { ...headers, 'webhook-signature': signatures.join(' ') }
}
