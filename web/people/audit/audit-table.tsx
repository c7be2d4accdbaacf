import { Text, UnstyledButton } from '@mantine/core'
import { EmptyState, ListView, listQuery, TimeAgo } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../api/types.ts'
import classes from './audit.module.css'
import { useActionText } from './use-action-text.ts'
import type { AuditFilterValues } from './use-audit-filters.ts'

interface AuditTableProps {
  filters: AuditFilterValues
  onShow: (entry: AuditEntry) => void
}

export function AuditTable({ filters, onShow }: AuditTableProps) {
  const { t } = useTranslation()
  const actionText = useActionText()
  const query = useInfiniteQuery(
    listQuery<AuditEntry>({
      key: ['audit-entries'],
      path: '/audit-entries',
      parameters: filters,
      refetchInterval: () => 10_000,
    }),
  )
  return (
    <ListView
      query={query}
      label={t('audit.title')}
      rowKey={(entry) => entry.id}
      empty={<EmptyState title={t('audit.none')}>{t('audit.noneText')}</EmptyState>}
      columns={[
        {
          key: 'what',
          header: t('audit.what'),
          render: (entry) => (
            <>
              <UnstyledButton className={classes.what} onClick={() => onShow(entry)}>
                {actionText(entry.action)}
              </UnstyledButton>
              <Text size="sm" c="dimmed" ff="monospace">
                {entry.action}
              </Text>
            </>
          ),
        },
        { key: 'who', header: t('audit.who'), render: (entry) => entry.actor.label },
        { key: 'ip', header: t('audit.address'), secondary: true, render: (entry) => entry.ip ?? '–' },
        { key: 'at', header: t('audit.when'), render: (entry) => <TimeAgo iso={entry.at} /> },
      ]}
    />
  )
}
