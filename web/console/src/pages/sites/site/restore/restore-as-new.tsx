import { Button, Text, TextInput } from '@mantine/core'
import { api, ApiCall, Panel, ProblemAlert, useFormat, useGo } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { momentOf } from '../../../../api/backups.ts'
import type { Backup } from '../../../../api/backups.ts'
import type { Site, SiteWork } from '../../../../api/types.ts'
import { paths } from '../../../../paths.ts'
import { siteNameObjection } from '../../../../sites/site-name.ts'
import classes from './restore-page.module.css'
import { WizardButtons } from './wizard-buttons.tsx'

/** Makes another site of a backup; leads to the operation that does it. */
export function RestoreAsNew({ site, backup }: { site: Site; backup: Backup }) {
  const { t } = useTranslation()
  const format = useFormat()
  const go = useGo()
  const client = useQueryClient()
  const [name, setName] = useState(`${site.name}-restored`)
  const objection = siteNameObjection(name)
  const restore = useMutation({
    mutationFn: () => api.send<SiteWork>('POST', `/backups/${backup.id}/restorations`, { name }),
    onSuccess({ operation }) {
      void client.invalidateQueries({ queryKey: ['sites', 'list'] })
      go.push(paths.operation(operation.id))
    },
  })
  return (
    <Panel description={t('restore.of', { date: format.dateTime(momentOf(backup)) })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (objection === null) restore.mutate()
        }}
      >
        <ul className={classes.effects}>
          <li>{t('restore.newEffect')}</li>
          <li>{t('restore.untouched', { name: site.name })}</li>
          <li>{t('restore.signInAnew')}</li>
        </ul>
        <TextInput
          label={t('restore.newName')}
          value={name}
          error={objection === null ? undefined : t(`siteName.${objection}`)}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maw={420}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProblemAlert error={restore.error} />
        <WizardButtons onBack={() => go.push(paths.siteRestore(site.id, backup.id))}>
          <Button type="submit" loading={restore.isPending}>
            {t('restore.doNew')}
          </Button>
        </WizardButtons>
      </form>
      <Text mt="md" component="div">
        <ApiCall method="POST" path={`/backups/${backup.id}/restorations`} body={{ name }} />
      </Text>
    </Panel>
  )
}
