import { Alert, Text } from '@mantine/core'
import { DataTable, useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Comparison } from '../../../../api/backups.ts'
import { businessChanges, effectOf } from './business-changes.ts'
import type { TableChange } from './business-changes.ts'

/** What a restore in place would change, as the people of the site would say it. */
export function ComparisonView({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation()
  if (!comparison.comparable) {
    return (
      <Alert color="orange" variant="light" title={t('restore.notComparable')}>
        {t('restore.notComparableText')}
      </Alert>
    )
  }
  const { changed, same, internal } = businessChanges(comparison.tables)
  const names = same.map(({ name }) => t(`table.${name}`)).join(', ')
  return (
    <div>
      {changed.length > 0 ? <Changes changed={changed} /> : <Text fw={600}>{t('restore.nothingChanges')}</Text>}
      <Text mt="sm">
        {t('restore.files', { before: comparison.files.backedUp, now: comparison.files.now })} {t('restore.filesText')}
      </Text>
      {same.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('restore.same', { names })}
        </Text>
      )}
      {internal > 0 && (
        <Text size="sm" c="dimmed">
          {t('restore.internal', { count: internal })}
        </Text>
      )}
    </div>
  )
}

function Changes({ changed }: { changed: TableChange[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <DataTable
      label={t('restore.changes')}
      rows={changed}
      rowKey={({ name }) => name}
      columns={[
        { key: 'what', header: t('restore.what'), render: ({ name }) => <Text fw={600}>{t(`table.${name}`)}</Text> },
        { key: 'then', header: t('restore.then'), align: 'right', render: (row) => format.quantity(row.rowsThen) },
        { key: 'now', header: t('restore.now'), align: 'right', render: (row) => format.quantity(row.rowsNow) },
        { key: 'effect', header: t('restore.effect'), render: (row) => <Effect change={row} /> },
      ]}
    />
  )
}

function Effect({ change }: { change: TableChange }) {
  const { t } = useTranslation()
  const { kind, count } = effectOf(change)
  return t(`restore.effectOf.${kind}`, { count })
}
