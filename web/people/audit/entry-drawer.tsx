import { Code, Drawer } from '@mantine/core'
import { CodeBlock, PropertyList, useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../api/types.ts'
import classes from './audit.module.css'
import { changedValues } from './changes.ts'
import { useActionText } from './use-action-text.ts'

/** Everything that one entry tells. */
export function EntryDrawer({ entry, onClose }: { entry: AuditEntry | null; onClose: () => void }) {
  const { t } = useTranslation()
  const actionText = useActionText()
  return (
    <Drawer
      opened={entry !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={entry === null ? '' : actionText(entry.action)}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked={entry !== null || undefined}
    >
      {entry !== null && (
        <div className={classes.content}>
          <Facts entry={entry} />
          <Changes changes={entry.changes} />
        </div>
      )}
    </Drawer>
  )
}

function Facts({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation()
  const format = useFormat()
  const known = [
    { label: t('audit.when'), value: `${format.date(entry.at)}, ${format.clock(entry.at)}` },
    { label: t('audit.who'), value: entry.actor.label },
    { label: t('audit.action'), value: <Code>{entry.action}</Code> },
    { label: t('audit.subject'), value: <Code>{`${entry.resource} ${entry.resourceId ?? ''}`.trim()}</Code> },
    { label: t('audit.address'), value: entry.ip },
    { label: t('audit.program'), value: entry.userAgent },
    { label: t('audit.request'), value: entry.requestId && <Code>{entry.requestId}</Code> },
    { label: t('audit.operation'), value: entry.operationId && <Code>{entry.operationId}</Code> },
    {
      label: t('audit.seal'),
      value: entry.seal === null ? t('audit.unsealed') : t('audit.sealed', { number: entry.seal.number }),
    },
  ]
  return <PropertyList items={known.filter(({ value }) => value !== null)} />
}

function Changes({ changes }: { changes: unknown }) {
  const { t } = useTranslation()
  if (changes === null) return null
  const values = changedValues(changes)
  if (values === null) return <CodeBlock text={JSON.stringify(changes, undefined, 2)} what={t('audit.changes')} />
  if (values.length === 0) return null
  return (
    <table className={classes.changes} aria-label={t('audit.changes')}>
      <thead>
        <tr>
          <th scope="col">{t('audit.value')}</th>
          <th scope="col">{t('audit.before')}</th>
          <th scope="col">{t('audit.after')}</th>
        </tr>
      </thead>
      <tbody>
        {values.map(({ name, before, after }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{before ?? '–'}</td>
            <td>{after ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
