/**
 * One set of headers on every answer, errors and refused connections included (ASVS 5.0 V3.4).
 *
 * Content security policy: scripts, styles and connections from this host alone. Mantine and the scroll lock of its dialogs put
 * <style> elements into the page; they carry the nonce that serveWebApp writes into index.html. Style *attributes* need no
 * permission, because React sets them through the DOM, which the policy does not cover. Hence no 'unsafe-inline' anywhere.
 * Pictures may also be `data:` (icons in CSS) and `blob:` (preview before upload).
 *
 * HSTS covers this host only: a custom domain of a tenant may have siblings that are not ours to force.
 * Referrer `same-origin` and not `no-referrer`: the latter makes browsers send `Origin: null` with our own forms.
 */
export const DEFAULT_CONTENT_SECURITY_POLICY: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
  'manifest-src': ["'self'"],
  'object-src': ["'none'"],
  'frame-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
}

export type ContentSecurityPolicy = Readonly<Record<string, readonly string[]>>

/** The header's text. With a nonce, <style> and <script> elements that carry it are allowed besides. */
export function contentSecurityPolicy(
  policy: ContentSecurityPolicy = DEFAULT_CONTENT_SECURITY_POLICY,
  nonce?: string,
): string {
  return Object.entries(policy)
    .map(([directive, sources]) => {
      const takesNonce = nonce !== undefined && (directive === 'style-src' || directive === 'script-src')
      return [directive, ...sources, ...(takesNonce ? [`'nonce-${nonce}'`] : [])].join(' ')
    })
    .join('; ')
}

/** Names in lower case; `cache-control: no-store` is a default that handlers of cacheable things replace. */
export function securityHeaders(policy?: ContentSecurityPolicy): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy(policy),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
    'referrer-policy': 'same-origin',
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
  }
}
