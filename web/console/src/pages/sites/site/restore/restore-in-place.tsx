import { Button, Stack, TextInput } from '@mantine/core'
import { ApiCall, Panel, ProblemAlert, QueryView, useFormat, useGo } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { comparisonQuery, momentOf } from '../../../../api/backups.ts'
import type { Backup } from '../../../../api/backups.ts'
import type { Site } from '../../../../api/types.ts'
import { paths } from '../../../../paths.ts'
import { useReason } from '../use-reason.ts'
import { useSiteAction } from '../use-site-action.ts'
import { ComparisonView } from './comparison-view.tsx'
import classes from './restore-page.module.css'
import { WizardButtons } from './wizard-buttons.tsx'

/** Puts a backup in the stead of what the site is now: what changes, what happens meanwhile, then the name to confirm. */
export function RestoreInPlace({ site, backup }: { site: Site; backup: Backup }) {
  const { t } = useTranslation()
  const format = useFormat()
  const comparison = useQuery(comparisonQuery(backup.id))
  return (
    <>
      <Panel title={t('restore.changes')} description={t('restore.of', { date: format.dateTime(momentOf(backup)) })}>
        <Stack gap="md">
          <QueryView query={comparison}>{(data) => <ComparisonView comparison={data} />}</QueryView>
          <ApiCall method="GET" path={`/backups/${backup.id}/comparison`} />
        </Stack>
      </Panel>
      {/* What cannot be read (a damaged backup) is not offered either. */}
      {comparison.data !== undefined && (
        <Panel title={t('restore.confirm')} tone="danger">
          <ul className={classes.effects}>
            <li>{t('restore.safetyFirst')}</li>
            <li>{t('restore.pause')}</li>
            <li>{t('restore.signInAnew')}</li>
            <li>{t('restore.undoable')}</li>
          </ul>
          <Confirm site={site} backup={backup} />
        </Panel>
      )}
    </>
  )
}

function Confirm({ site, backup }: { site: Site; backup: Backup }) {
  const { t } = useTranslation()
  const go = useGo()
  const reason = useReason(site, 'restore')
  const [typed, setTyped] = useState('')
  const restore = useSiteAction(site, 'POST', 'restorations', ({ operation }) => go.push(paths.operation(operation.id)))
  const isConfirmed = typed === site.name && reason === null
  const body = { backupId: backup.id }
  return (
    <Stack gap="md">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isConfirmed) restore.mutate(body)
        }}
      >
        <TextInput
          label={t('restore.typeName', { name: site.name })}
          description={reason}
          value={typed}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maw={420}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <ProblemAlert error={restore.error} />
        <WizardButtons onBack={() => go.push(paths.siteRestore(site.id, backup.id))}>
          <Button type="submit" color="red" disabled={!isConfirmed} loading={restore.isPending}>
            {t('restore.doInPlace')}
          </Button>
        </WizardButtons>
      </form>
      <ApiCall method="POST" path={`/sites/${site.id}/restorations`} body={body} />
    </Stack>
  )
}
