/** Which names a site may take. Pure. */

/** RFC 1035 section 2.3.1 label, lower case only: the name becomes a DNS label under the platform's zone. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Names that people or programs would take for the platform itself. */
const reserved = new Set([
  'account', 'accounts', 'admin', 'administrator', 'api', 'app', 'assets', 'auth', 'autoconfig', 'autodiscover', 'backup', 'billing',
  'ca', 'cdn', 'cloud', 'console', 'dashboard', 'db', 'demo-platen', 'desk', 'dns', 'docs', 'download', 'edge', 'files', 'ftp', 'git',
  'grafana', 'help', 'host', 'hostmaster', 'imap', 'id', 'info', 'internal', 'keycloak', 'local', 'localhost', 'login', 'mail',
  'manager', 'metrics', 'minio', 'monitor', 'mx', 'news', 'ns', 'ns1', 'ns2', 'objects', 'operator', 'platen', 'platform', 'pop',
  'postgres', 'postmaster', 'private', 'prometheus', 'proxy', 'public', 'registry', 'root', 's3', 'security', 'setup', 'signup',
  'smtp', 'sso', 'static', 'status', 'storage', 'support', 'system', 'test-platen', 'traefik', 'webmaster', 'webmail', 'wpad', 'www',
]) // prettier-ignore

/** Also no organisation may call itself so. */
export const isReservedName = (name: string): boolean => reserved.has(name)

export type SiteNameRefusal = { code: 'site-name-invalid' | 'site-name-reserved'; detail: string }

/**
 * Why a name may not be taken, or undefined. Names are ASCII: an international name would have to be written in punycode
 * (`xn--...`), where two names that look the same differ; both the Unicode and the punycode form are refused.
 */
export function siteNameRefusal(name: string): SiteNameRefusal | undefined {
  if (name.length > 63) return invalid('it is longer than 63 characters')
  if (!label.test(name))
    return invalid('use lower-case letters a-z, digits and hyphens; begin and end with a letter or digit')
  if (name.slice(2, 4) === '--')
    return invalid('"--" in third and fourth place is kept for encoded international names')
  if (isReservedName(name)) {
    return {
      code: 'site-name-reserved',
      detail: `"${name}" is kept for the platform. Choose another name. Nothing was created.`,
    }
  }
  return undefined
}

const invalid = (why: string): SiteNameRefusal => ({
  code: 'site-name-invalid',
  detail: `This name cannot become an address: ${why}. Nothing was created.`,
})
