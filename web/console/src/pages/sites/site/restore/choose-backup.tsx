import { Button, Radio, VisuallyHidden } from '@mantine/core'
import { ButtonLink, EmptyState, MoreButton, Panel, useFormat, useGo } from '@platen/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { momentOf } from '../../../../api/backups.ts'
import type { Backup } from '../../../../api/backups.ts'
import type { Site } from '../../../../api/types.ts'
import { BackupCalendar, useChosenDay } from '../../../../backups/backup-calendar.tsx'
import { paths } from '../../../../paths.ts'
import classes from './restore-page.module.css'
import { WizardButtons } from './wizard-buttons.tsx'

interface ChooseBackupProps {
  site: Site
  /** Verified ones only: nothing else can be restored. */
  backups: readonly Backup[]
  query: Parameters<typeof MoreButton>[0]['query']
}

export function ChooseBackup({ site, backups, query }: ChooseBackupProps) {
  const { t } = useTranslation()
  if (backups.length === 0) {
    return (
      <EmptyState
        title={t('restore.noBackup')}
        action={<ButtonLink to={paths.siteBackups(site.id)}>{t('backups.title')}</ButtonLink>}
      >
        {t('restore.noBackupText')}
      </EmptyState>
    )
  }
  return (
    <Panel description={t('restore.chooseBackupText')}>
      <Picker site={site} backups={backups} />
      <MoreButton query={query} />
    </Panel>
  )
}

function Picker({ site, backups }: Pick<ChooseBackupProps, 'site' | 'backups'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const go = useGo()
  const chosen = useChosenDay(backups)
  const [picked, setPicked] = useState<string | null>(null)
  const current = chosen.backups.find(({ id }) => id === picked) ?? chosen.backups[0]
  return (
    <div className={classes.columns}>
      <BackupCalendar chosen={chosen} />
      <div>
        <Radio.Group
          value={current?.id ?? ''}
          onChange={setPicked}
          label={format.day(chosen.day)}
          description={<VisuallyHidden>{t('restore.chooseBackup')}</VisuallyHidden>}
        >
          <div className={classes.choices}>
            {chosen.backups.map((backup) => (
              <Choice key={backup.id} backup={backup} />
            ))}
          </div>
        </Radio.Group>
        <WizardButtons onBack={() => go.push(paths.siteBackups(site.id))}>
          <Button
            disabled={current === undefined}
            onClick={() => current && go.push(paths.siteRestore(site.id, current.id))}
          >
            {t('restore.next')}
          </Button>
        </WizardButtons>
      </div>
    </div>
  )
}

function Choice({ backup }: { backup: Backup }) {
  const { t } = useTranslation()
  const format = useFormat()
  const time = format.time(momentOf(backup))
  const reason = t(`backupReason.${backup.reason}`, { defaultValue: backup.reason })
  return (
    <Radio.Card value={backup.id} className={classes.choice} aria-label={`${time}, ${reason}`}>
      <Radio.Indicator />
      <span className={classes.choiceWords}>
        <span className={classes.choiceTitle}>{time}</span>
        <span className={classes.choiceText}>
          {[reason, ...(backup.sizeBytes === null ? [] : [format.bytes(backup.sizeBytes)])].join(' · ')}
        </span>
      </span>
    </Radio.Card>
  )
}
