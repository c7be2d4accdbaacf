/** The addresses that console and desk have in common. Those of links in mails are written by the server (identity). */
export const peoplePaths = {
  login: (next?: string) => (next === undefined || next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`),
  forgotPassword: () => '/forgot-password',
  resetPassword: () => '/reset-password',
  verifyAddress: () => '/verify-address',
  invitation: () => '/invitation',
  account: () => '/account',
  accountSecurity: () => '/account/security',
  accountSessions: () => '/account/sessions',
  accountTokens: () => '/account/tokens',
  people: () => '/people',
  user: (id: string) => `/people/${id}`,
  roles: () => '/roles',
  newRole: () => '/roles/new',
  role: (id: string) => `/roles/${id}`,
  /** What one person did, or all that was done. */
  audit: (actor?: string) => (actor === undefined ? '/audit' : `/audit?actor=${actor}`),
  jobs: () => '/jobs',
  webhooks: () => '/webhooks',
  webhook: (id: string) => `/webhooks/${id}`,
  deadLetters: () => '/dead-letters',
} as const

/** Pages for people who are not signed in: nobody is sent back to them. */
const beforeSignIn =
  /^\/(login|forgot-password|reset-password|verify-address|invitation|register|registration|setup|open)(?=$|[/?#])/

/** Where to go after signing in: only addresses of this app, never another origin. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) && !beforeSignIn.test(next) ? next : '/'
}
