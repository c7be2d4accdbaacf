import { ApiCall, EmptyState, MoreButton, Panel, QueryView } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { backupsQuery } from '../../../../api/backups.ts'
import type { Backup } from '../../../../api/backups.ts'
import type { Site } from '../../../../api/types.ts'
import { BackupCalendar, useChosenDay } from '../../../../backups/backup-calendar.tsx'
import { SiteFrame } from '../site-frame.tsx'
import { BackUpNow } from './back-up-now.tsx'
import classes from './backups-page.module.css'
import { DayBackups } from './day-backups.tsx'
import { SchedulePanel } from './schedule-panel.tsx'

export function BackupsPage() {
  return (
    <SiteFrame>
      {(site) => (
        <>
          <Backups site={site} />
          {site.state !== 'archived' && <SchedulePanel site={site} />}
        </>
      )}
    </SiteFrame>
  )
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
          return <CalendarAndDay site={site} backups={backups} />
        }}
      </QueryView>
      <MoreButton query={query} />
      <ApiCall method="POST" path={`/sites/${site.id}/backups`} />
    </Panel>
  )
}

function CalendarAndDay({ site, backups }: { site: Site; backups: readonly Backup[] }) {
  const chosen = useChosenDay(backups)
  return (
    <div className={classes.columns}>
      <BackupCalendar chosen={chosen} />
      <DayBackups site={site} day={chosen.day} backups={chosen.backups} />
    </div>
  )
}
