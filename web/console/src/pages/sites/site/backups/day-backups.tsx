import { Group, Title } from '@mantine/core'
import { ButtonLink, useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { momentOf } from '../../../../api/backups.ts'
import type { Backup } from '../../../../api/backups.ts'
import type { Site } from '../../../../api/types.ts'
import { BackupState } from '../../../../backups/backup-state.tsx'
import { paths } from '../../../../paths.ts'
import classes from './backups-page.module.css'
import { ProveAgain } from './prove-again.tsx'

/** The backups of one day, with what can be done with each. */
export function DayBackups({ site, day, backups }: { site: Site; day: string; backups: readonly Backup[] }) {
  const format = useFormat()
  return (
    <section aria-label={format.day(day)}>
      <Title order={3} className={classes.day}>
        {format.day(day)}
      </Title>
      <ul className={classes.list}>
        {backups.map((backup) => (
          <li key={backup.id} className={classes.backup}>
            <Words backup={backup} />
            {backup.state === 'verified' && <Uses site={site} backup={backup} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Words({ backup }: { backup: Backup }) {
  const { t } = useTranslation()
  const format = useFormat()
  const facts = [
    t(`backupReason.${backup.reason}`, { defaultValue: backup.reason }),
    ...(backup.sizeBytes === null ? [] : [format.bytes(backup.sizeBytes)]),
    ...(backup.restoreMs === null ? [] : [t('backups.restoredIn', { duration: format.duration(backup.restoreMs) })]),
  ]
  return (
    <div className={classes.words}>
      <div className={classes.line}>
        <time className={classes.time} dateTime={momentOf(backup)}>
          {format.time(momentOf(backup))}
        </time>
        <BackupState state={backup.state} />
      </div>
      <div className={classes.facts}>{facts.join(' · ')}</div>
      {backup.error !== null && <div className={classes.error}>{backup.error}</div>}
    </div>
  )
}

function Uses({ site, backup }: { site: Site; backup: Backup }) {
  const { t } = useTranslation()
  return (
    <Group gap="xs">
      <ButtonLink to={paths.siteRestore(site.id, backup.id)} variant="default" size="xs">
        {t('backups.restore')}
      </ButtonLink>
      <ProveAgain backup={backup} />
    </Group>
  )
}
