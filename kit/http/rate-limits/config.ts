import { defineSettings, readSettings, wholeNumber } from '../../config/index.ts'
import type { RateLimits } from './limit-rates.ts'

const most = wholeNumber(0, 10_000_000)

export const rateSettings = defineSettings({
  ratePerIp: {
    env: 'PLATEN_RATE_PER_IP',
    schema: most,
    default: '12000',
    description: 'Requests a minute that one process answers to one IP address (IPv6: to one /64). 0 is no limit.',
  },
  ratePerAccount: {
    env: 'PLATEN_RATE_PER_ACCOUNT',
    schema: most,
    default: '6000',
    description: 'Requests a minute that one process answers to one account. 0 is no limit.',
  },
  ratePerTenant: {
    env: 'PLATEN_RATE_PER_TENANT',
    schema: most,
    default: '30000',
    description:
      'Requests a minute that one process answers to all accounts of one organisation or site. 0 is no limit.',
  },
})

export function readRateLimits(env: NodeJS.ProcessEnv = process.env): RateLimits {
  const { ratePerIp: ip, ratePerAccount: account, ratePerTenant: tenant } = readSettings(rateSettings, env)
  return { ip, account, tenant }
}
