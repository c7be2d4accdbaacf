import { peoplePaths } from '@platen/people'
import { queryString } from '@platen/ui'

/** Every address of the console; links are made here and nowhere else. router.ts has the matching patterns. */
export const paths = {
  ...peoplePaths,
  setup: () => '/setup',
  register: () => '/register',
  home: () => '/',
  sites: () => '/sites',
  newSite: () => '/sites/new',
  site: (id: string) => `/sites/${id}`,
  siteActivity: (id: string) => `/sites/${id}/activity`,
  siteBackups: (id: string) => `/sites/${id}/backups`,
  /** The wizard; what is already chosen stands in the address. */
  siteRestore: (id: string, backup?: string, into?: string) => `/sites/${id}/restore${queryString({ backup, into })}`,
  siteLogs: (id: string) => `/sites/${id}/logs`,
  siteSettings: (id: string) => `/sites/${id}/settings`,
  operations: () => '/operations',
  operation: (id: string) => `/operations/${id}`,
  servers: () => '/servers',
  logs: () => '/logs',
  alerts: () => '/alerts',
  diagnosis: () => '/diagnosis',
  settings: () => '/settings',
  organisation: () => '/organisation',
  organisations: () => '/organisations',
  inbox: () => '/inbox',
  mail: (id: string) => `/inbox/${id}`,
  certificate: () => '/certificate',
} as const
