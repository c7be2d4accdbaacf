/** Backups, what restoring one would change, and when they are made: the API's answers and the queries that read them. */
import { api, listQuery } from '@platen/ui'
import { queryOptions } from '@tanstack/react-query'
import type { Backup, BackupComparison, BackupSchedule } from '../../../../openapi/manager.ts'
import { pace } from './queries.ts'
import type { Answer } from './types.ts'

export type { Backup, BackupComparison as Comparison, BackupSchedule } from '../../../../openapi/manager.ts'
export type BackupState = Backup['state']
export type BackupWork = Answer<'POST /sites/{id}/backups'>
export type TableChange = BackupComparison['tables'][number]

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
    queryFn: ({ signal }) => api.get<BackupComparison>(`/backups/${backupId}/comparison`, signal),
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
