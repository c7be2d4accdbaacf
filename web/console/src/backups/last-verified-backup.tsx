import { StateBadge, TimeAgo, useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Site } from '../api/types.ts'
import { isOverdue } from './backup-days.ts'

/** How old the newest proven backup of a site is; a warning when there is none or it is too old. */
export function LastVerifiedBackup({ site }: { site: Pick<Site, 'state' | 'lastVerifiedBackupAt'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { lastVerifiedBackupAt: at, state } = site
  if (at === null) return <StateBadge tone="warn" label={t('backups.never')} />
  // What is archived does not change any more: its last backup stays the right one.
  if (state === 'archived' || !isOverdue(at, Date.now())) return <TimeAgo iso={at} />
  return <StateBadge tone="warn" label={format.ago(at)} />
}
