import { Alert, Text } from '@mantine/core'
import { ActionButton, ApiCall, ProblemAlert, useFormat, useGo } from '@platen/ui'
import { IconArchive } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Site } from '../../../api/types.ts'
import { paths } from '../../../paths.ts'
import { daysLeft } from '../../../sites/days-left.ts'
import { useReason } from './use-reason.ts'
import { useSiteAction } from './use-site-action.ts'

/** On every page of an archived site: what is left of it, until when, and the way back. */
export function ArchivedNotice({ site }: { site: Site }) {
  const { t } = useTranslation()
  const format = useFormat()
  const go = useGo()
  const revive = useSiteAction(site, 'DELETE', 'archival', ({ operation }) => go.push(paths.operation(operation.id)))
  const until = site.archivedUntil
  return (
    <Alert color="blue" variant="light" icon={<IconArchive size={20} />} title={t('archived.title')}>
      <Text size="sm" mb="sm">
        {t('archived.text', { host: site.host })}{' '}
        {until !== null && t('archived.left', { count: daysLeft(until, Date.now()), date: format.date(until) })}
      </Text>
      <ActionButton
        label={t('site.action.revive')}
        reason={useReason(site, 'revive')}
        loading={revive.isPending}
        onClick={() => revive.mutate(undefined)}
        mb="xs"
      />
      <ProblemAlert error={revive.error} />
      <ApiCall method="DELETE" path={`/sites/${site.id}/archival`} />
    </Alert>
  )
}
