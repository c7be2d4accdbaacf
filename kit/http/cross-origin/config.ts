import { z } from 'zod'
import { defineSettings, dnsName, readSettings } from '../../config/index.ts'
import type { AllowedOrigins } from './allow-origins.ts'

const message =
  'must be pairs such as acme.example.com=https://www.acme.example, separated by blanks; an origin is a scheme, a lower-case host and a port that is not the default, nothing else'

/** Absent: nobody's. */
const allowedOrigins = z
  .string()
  .default('')
  .transform((text, context): AllowedOrigins => {
    const allowed = new Map<string, ReadonlySet<string>>()
    for (const pair of text.split(/[\s,]+/).filter((part) => part !== '')) {
      const [host = '', origin = ''] = pair.split(/=(.*)/s)
      if (!dnsName().safeParse(host).success || !isOrigin(origin)) {
        context.addIssue({ code: 'custom', message })
        return z.NEVER
      }
      allowed.set(host, new Set([...(allowed.get(host) ?? []), origin]))
    }
    return allowed
  })

export const crossOriginSettings = defineSettings({
  allowedOrigins: {
    env: 'PLATEN_ALLOWED_ORIGINS',
    schema: allowedOrigins.optional(),
    description:
      'Whose pages may call the API of the console or of a site from a browser (CORS): pairs `host=origin`, separated by blanks, such as `acme.example.com=https://www.acme.example`. Origins are compared character by character; there are no patterns. Cookies are never accepted from them: such a page sends an access token or an API token.',
  },
})

/** Nobody's, unless the setting says otherwise. */
export const readAllowedOrigins = (env: NodeJS.ProcessEnv = process.env): AllowedOrigins =>
  readSettings(crossOriginSettings, env).allowedOrigins ?? new Map()

/** As browsers write it in the Origin header: anything that they write in another way would never match. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z0-9.:[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
}
