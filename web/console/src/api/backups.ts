/** Backups, what restoring one would change, and when they are made: the API's answers and the queries that read them. */
import { api, listQuery } from '@platen/ui'
import { queryOptions } from '@tanstack/react-query'
import { pace } from './queries.ts'
import type { BackupPolicy, Operation } from './types.ts'

export type BackupState = 'pending' | 'running' | 'stored' | 'verified' | 'failed' | 'removing'

export interface Backup {
  id: string
  site: { id: string; name: string }
  state: BackupState
  reason: string
  createdAt: string
  takenAt: string | null
  verifiedAt: string | null
  restoreMs: number | null
  sizeBytes: number | null
  error: string | null
}

export interface BackupWork {
  backup: Backup
  operation: Operation
}

/** What a restore in place would change. */
export interface Comparison {
  site: { id: string; name: string; state: string }
  takenAt: string
  /** False when the site has no database now or it could not be counted: nothing of now is known then. */
  comparable: boolean
  tables: TableChange[]
  files: { backedUp: number; now: number }
}

export interface TableChange {
  name: string
  rowsThen: number
  rowsNow: number | null
  changed: boolean | null
}

export interface BackupSchedule {
  policy: BackupPolicy
  source: 'plan' | 'site'
  nextAt: string | null
  planPolicy: BackupPolicy
}

/** A month of backups comes in one or two pages. */
export const backupsQuery = (siteId: string) =>
  listQuery<Backup>({
    key: ['sites', siteId, 'backups'],
    path: `/sites/${siteId}/backups`,
    limit: 100,
    refetchInterval: pace(isOnItsWay),
  })

export const comparisonQuery = (backupId: string) =>
  queryOptions({
    queryKey: ['backups', backupId, 'comparison'],
    queryFn: ({ signal }) => api.get<Comparison>(`/backups/${backupId}/comparison`, signal),
    // People decide by these numbers: they are counted anew each time the question is asked.
    staleTime: 0,
    refetchInterval: 30_000,
  })

export const backupScheduleQuery = (siteId: string) =>
  queryOptions({
    queryKey: ['sites', siteId, 'backup-schedule'],
    queryFn: ({ signal }) => api.get<BackupSchedule>(`/sites/${siteId}/backup-schedule`, signal),
    refetchInterval: 30_000,
  })

/** Neither proven nor given up. */
const isOnItsWay = ({ state }: Backup): boolean => state !== 'verified' && state !== 'failed'

/** The moment that a backup shows; until it has begun, the moment it was asked for. */
export const momentOf = ({ takenAt, createdAt }: Backup): string => takenAt ?? createdAt
