/** Every address of the console; links are made here and nowhere else. router.tsx has the matching patterns. */
export const paths = {
  setup: () => '/setup',
  login: (next?: string) => (next === undefined || next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`),
  home: () => '/',
  sites: () => '/sites',
  newSite: () => '/sites/new',
  site: (id: string) => `/sites/${id}`,
  siteActivity: (id: string) => `/sites/${id}/activity`,
  siteBackups: (id: string) => `/sites/${id}/backups`,
  /** The wizard; what is already chosen stands in the address. */
  siteRestore: (id: string, backup?: string, into?: string) => `/sites/${id}/restore${query({ backup, into })}`,
  siteLogs: (id: string) => `/sites/${id}/logs`,
  siteSettings: (id: string) => `/sites/${id}/settings`,
  operations: () => '/operations',
  operation: (id: string) => `/operations/${id}`,
  servers: () => '/servers',
  logs: () => '/logs',
  alerts: () => '/alerts',
  diagnosis: () => '/diagnosis',
  settings: () => '/settings',
  inbox: () => '/inbox',
  mail: (id: string) => `/inbox/${id}`,
  certificate: () => '/certificate',
  account: () => '/account',
} as const

function query(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

/** Where to go after signing in: only addresses of this app, never another origin. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : paths.home()
}
