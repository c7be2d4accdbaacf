import { UsageBar, useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Site } from '../api/types.ts'

/** How much of its plan's storage a site uses. */
export function PlanUse({ site }: { site: Pick<Site, 'usage' | 'plan'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!site.usage) return <span>{t('usage.unknown')}</span>
  const used = site.usage.databaseBytes + site.usage.filesBytes
  const limit = site.plan.maxStorageBytes
  return (
    <UsageBar
      used={used}
      limit={limit}
      label={t('usage.label')}
      text={t('usage.of', { used: format.bytes(used), limit: format.bytes(limit) })}
    />
  )
}
