import { z } from 'zod'
import { defineSettings, readSettings } from '../config/index.ts'
import { parseNetwork, tenantAddresses, type AddressRule } from './webhook-address.ts'

export const webhookSettings = defineSettings({
  webhookNetworks: {
    env: 'PLATEN_WEBHOOK_NETWORKS',
    schema: z
      .string()
      .max(4_000)
      .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])))
      .refine((networks) => networks.every(isNetwork), 'must be addresses and networks such as 192.168.1.5,10.1.0.0/16')
      .optional(),
    description:
      'Addresses and networks of your own, separated by commas, that webhooks of organisations and sites may reach, in clear as well: ' +
      '192.168.1.5,10.1.0.0/16. Without it they reach public addresses by https only. Webhooks of alerts are not bound by it.',
  },
})

/** Where webhooks of tenants and of sites may lead on this platform. */
export function readWebhookAddresses(env: NodeJS.ProcessEnv = process.env): AddressRule {
  return tenantAddresses(readSettings(webhookSettings, env).webhookNetworks ?? [])
}

function isNetwork(text: string): boolean {
  try {
    return parseNetwork(text).length > 0
  } catch {
    return false
  }
}
