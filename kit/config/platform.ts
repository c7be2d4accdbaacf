/** The settings every process of the platform shares, and the addresses that follow from them. */
import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { dnsName, ipAddress, oneOf, port } from './schemas.ts'
import { SettingsError } from './settings-error.ts'
import { defineSettings, readSettings } from './settings.ts'
import type { SettingsOf } from './settings.ts'

/** Root of the checkout: where `npm start` runs and `.platen` lies by default. */
export const checkoutDirectory = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export const platformSettings = defineSettings({
  dataDirectory: {
    env: 'PLATEN_DATA_DIR',
    schema: z
      .string()
      .refine((path) => !path.includes('\0'), 'must not contain a NUL character')
      // The same folder from wherever the command is called: npm, the CLI and systemd have different working directories.
      .transform((path) => (isAbsolute(path) ? resolve(path) : resolve(checkoutDirectory, path))),
    default: '.platen',
    description: 'Folder that holds everything the platform keeps. A relative path starts at the root of the checkout.',
  },
  httpsPort: {
    env: 'PLATEN_HTTPS_PORT',
    schema: port(),
    default: '32443',
    description: 'TCP port where the edge serves the console and all sites over HTTPS.',
  },
  httpPort: {
    env: 'PLATEN_HTTP_PORT',
    schema: port(),
    default: '32380',
    description: 'TCP port where the edge redirects plain HTTP to HTTPS. Must differ from the HTTPS port.',
  },
  zone: {
    env: 'PLATEN_ZONE',
    schema: dnsName(),
    default: 'platen.localhost',
    description: 'DNS name under which sites get their hosts: the console is console.<zone>, a site is <name>.<zone>.',
  },
  bind: {
    env: 'PLATEN_BIND',
    schema: ipAddress(),
    default: '127.0.0.1',
    description:
      'IP address the edge listens on. 127.0.0.1 is this machine only; 0.0.0.0 is every network of the machine.',
  },
  prefix: {
    env: 'PLATEN_PREFIX',
    schema: z
      .string()
      .regex(
        /^[a-z][a-z0-9-]{0,38}-$/,
        'must be lower-case letters, digits and dashes, begin with a letter and end with a dash',
      ),
    default: 'erp-saas-cloud-c16-',
    description:
      'Start of every name given to the outside world (containers, networks, volumes), so that installations do not collide.',
  },
  logLevel: {
    env: 'PLATEN_LOG_LEVEL',
    schema: oneOf(LOG_LEVELS),
    default: 'info',
    description: `Least level that is logged: ${LOG_LEVELS.join(', ')}.`,
  },
})

export type PlatformSettings = SettingsOf<typeof platformSettings>
/** What the address helpers need; a snapshot or a test can give it too. */
export type PublicAddress = Pick<PlatformSettings, 'zone' | 'httpsPort'>

/** @throws SettingsError, also when the two ports are the same. */
export function readPlatformSettings(env: NodeJS.ProcessEnv): PlatformSettings {
  const settings = readSettings(platformSettings, env)
  if (settings.httpPort === settings.httpsPort) {
    throw new SettingsError([
      {
        env: 'PLATEN_HTTP_PORT',
        problem: `is the same as PLATEN_HTTPS_PORT (${settings.httpPort})`,
        remedy: 'give each its own port',
      },
    ])
  }
  return settings
}

/** `console.platen.localhost` */
export function consoleHost(address: Pick<PublicAddress, 'zone'>): string {
  return siteHost(address, 'console')
}

/** `https://console.platen.localhost:32443`, no slash at the end */
export function consoleUrl(address: PublicAddress): string {
  return siteUrl(address, 'console')
}

/** `acme.platen.localhost` */
export function siteHost(address: Pick<PublicAddress, 'zone'>, name: string): string {
  return `${name}.${address.zone}`
}

/** `https://acme.platen.localhost:32443`, no slash at the end; the port is left out when it is 443 */
export function siteUrl(address: PublicAddress, name: string): string {
  return hostUrl(address, siteHost(address, name))
}

/** The public URL of any host behind the edge, custom ones included. */
export function hostUrl(address: Pick<PublicAddress, 'httpsPort'>, host: string): string {
  return address.httpsPort === 443 ? `https://${host}` : `https://${host}:${address.httpsPort}`
}
