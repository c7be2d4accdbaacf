import { Button, Text } from '@mantine/core'
import {
  ActionButton,
  ApiCall,
  DataTable,
  DateTime,
  EmptyState,
  Panel,
  ProblemAlert,
  QueryView,
  StateBadge,
  useFormat,
} from '@platen/ui'
import type { Tone } from '@platen/ui'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api/client.ts'
import { backupsQuery, siteQuery } from '../../../api/queries.ts'
import type { Backup, BackupState, BackupWork, Site } from '../../../api/types.ts'
import { RestoreDialog } from './restore-dialog.tsx'
import { SiteFrame } from './site-frame.tsx'

const withDatabase = ['active', 'suspended', 'inactive', 'broken']

const tones: Record<BackupState, Tone> = {
  pending: 'idle',
  running: 'work',
  stored: 'work',
  verified: 'ok',
  failed: 'bad',
  removing: 'idle',
}

export function BackupsPage() {
  return <SiteFrame>{(site) => <Backups site={site} />}</SiteFrame>
}

function Backups({ site }: { site: Site }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(backupsQuery(site.id))
  return (
    <Panel title={t('backups.title')} description={t('backups.intro')} action={<BackUpNow site={site} />}>
      <QueryView query={query}>
        {(data) => {
          const backups = data.pages.flatMap((page) => page.items)
          if (backups.length === 0) return <EmptyState title={t('backups.none')}>{t('backups.noneText')}</EmptyState>
          return <BackupsTable site={site} backups={backups} />
        }}
      </QueryView>
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('action.loadMore')}
        </Button>
      )}
      <ApiCall method="POST" path={`/sites/${site.id}/backups`} />
    </Panel>
  )
}

function BackUpNow({ site }: { site: Site }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const start = useMutation({
    mutationFn: () => api.send<BackupWork>('POST', `/sites/${site.id}/backups`),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: backupsQuery(site.id).queryKey }),
        client.invalidateQueries({ queryKey: siteQuery(site.id).queryKey }),
        client.invalidateQueries({ queryKey: ['operations', 'list'] }),
      ]),
  })
  const impossible = withDatabase.includes(site.state) ? null : t('backups.notNow')
  const reason = site.operation === null ? impossible : t('site.reason.busy')
  return (
    <>
      <ActionButton label={t('backups.now')} reason={reason} loading={start.isPending} onClick={() => start.mutate()} />
      <ProblemAlert error={start.error} />
    </>
  )
}

function BackupsTable({ site, backups }: { site: Site; backups: Backup[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [chosen, setChosen] = useState<Backup | null>(null)
  return (
    <>
      <DataTable
        label={t('backups.title')}
        rows={backups}
        rowKey={(row) => row.id}
        columns={[
          {
            key: 'taken',
            header: t('backups.taken'),
            render: (row) => <DateTime iso={row.takenAt ?? row.createdAt} />,
          },
          { key: 'state', header: t('backups.state'), render: (row) => <State backup={row} /> },
          {
            key: 'size',
            header: t('backups.size'),
            secondary: true,
            align: 'right',
            render: (row) => (row.sizeBytes === null ? '–' : format.bytes(row.sizeBytes)),
          },
          {
            key: 'restoredIn',
            header: t('backups.restoredIn'),
            secondary: true,
            align: 'right',
            render: (row) => (row.restoreMs === null ? '–' : format.duration(row.restoreMs)),
          },
          {
            key: 'restore',
            header: '',
            align: 'right',
            render: (row) => (
              <ActionButton
                variant="default"
                size="compact-sm"
                label={t('backups.restore')}
                reason={row.state === 'verified' ? null : t('backups.notVerified')}
                onClick={() => setChosen(row)}
              />
            ),
          },
        ]}
      />
      {chosen && <RestoreDialog site={site} backup={chosen} onClose={() => setChosen(null)} />}
    </>
  )
}

function State({ backup: { state, error } }: { backup: Backup }) {
  const { t } = useTranslation()
  return (
    <>
      <StateBadge tone={tones[state]} label={t(`backupState.${state}`)} />
      {error !== null && (
        <Text size="sm" c="dimmed">
          {error}
        </Text>
      )}
    </>
  )
}
