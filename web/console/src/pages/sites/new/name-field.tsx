import { Button, Text, TextInput } from '@mantine/core'
import type { TextForm } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Setup } from '../../../api/types.ts'
import { siteAddress, siteNameObjection, suggestSiteName } from '../../../sites/site-name.ts'
import classes from './name-field.module.css'

/** The name, checked while it is typed, with the address it will have. */
export function NameField({ form, setup }: { form: TextForm<'name' | 'plan' | 'adminEmail'>; setup: Setup }) {
  const { t } = useTranslation()
  const { name } = form.values
  const objection = name === '' ? null : siteNameObjection(name)
  const suggestion = objection === null ? '' : suggestSiteName(name)
  const field = form.field('name')
  return (
    <div>
      <TextInput
        {...field}
        label={t('newSite.name')}
        description={t('newSite.nameRule')}
        error={field.error ?? (objection === null ? undefined : t(`siteName.${objection}`))}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        required
        maw={420}
      />
      {suggestion !== '' && suggestion !== name && (
        <Button variant="subtle" size="compact-sm" mt={4} onClick={() => form.setValue('name', suggestion)}>
          {t('newSite.useInstead', { name: suggestion })}
        </Button>
      )}
      <Text size="sm" c="dimmed" mt="md">
        {t('newSite.address')}
      </Text>
      <output
        className={classes.address}
        aria-label={t('newSite.address')}
        data-quiet={name === '' || objection !== null || undefined}
      >
        {siteAddress(
          name === '' || objection !== null ? t('newSite.namePlaceholder') : name,
          setup.zone,
          setup.consoleUrl,
        )}
      </output>
    </div>
  )
}
