import { NativeSelect, Stack, TextInput } from '@mantine/core'
import { useMay } from '@platen/people'
import {
  ActionButton,
  api,
  DraftNotice,
  languageNames,
  languages,
  notifySuccess,
  placeFieldProblems,
  ProblemAlert,
  useTextForm,
} from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ownTenantQuery } from '../../api/tenants.ts'
import type { Tenant } from '../../api/tenants.ts'
import { TimeZoneSelect } from '../../forms/time-zone-select.tsx'

export function OrganisationForm({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const reason = useMay()('tenant.write') ? null : t('organisation.mayNot')
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: {
      name: tenant.name,
      domain: tenant.domain ?? '',
      locale: tenant.settings.locale,
      timeZone: tenant.settings.timeZone,
      contactEmail: tenant.settings.contactEmail ?? '',
    },
    rules: ({ name, contactEmail }) => ({
      name: name.trim() === '' ? t('form.required') : undefined,
      contactEmail: contactEmail.trim() === '' || /^\S+@\S+$/.test(contactEmail.trim()) ? undefined : t('form.email'),
    }),
    draftKey: `organisation:${tenant.id}`,
  })
  const save = useMutation({
    mutationFn: () => api.send<Tenant>('PATCH', '/tenants/me', bodyOf(form.values)),
    onSuccess(saved) {
      form.clearDraft()
      client.setQueryData(ownTenantQuery.queryKey, saved)
      for (const queryKey of [['me'], ['memberships']]) void client.invalidateQueries({ queryKey })
      notifySuccess(t('organisation.saved'))
    },
    onError: (error) =>
      setLeft(
        placeFieldProblems(form, error, {
          '/name': 'name',
          '/domain': 'domain',
          '/settings/contactEmail': 'contactEmail',
        }),
      ),
  })
  function submit(): void {
    setLeft(null)
    if (reason === null && form.isAcceptable()) save.mutate()
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Stack maw={480}>
        {form.isRestored && <DraftNotice onDiscard={form.reset} />}
        <ProblemAlert error={left} />
        <TextInput label={t('organisation.name')} autoComplete="organization" {...form.field('name')} />
        <TextInput
          label={t('organisation.domain')}
          description={t('organisation.domainRule')}
          autoComplete="off"
          spellCheck={false}
          {...form.field('domain')}
        />
        <TextInput
          label={t('organisation.contact')}
          description={t('organisation.contactRule')}
          type="email"
          autoComplete="off"
          {...form.field('contactEmail')}
        />
        <NativeSelect
          label={t('organisation.language')}
          description={t('organisation.languageRule')}
          data={languages.map((value) => ({ value, label: languageNames[value] }))}
          {...form.field('locale')}
        />
        <TimeZoneSelect
          label={t('schedule.timeZone')}
          value={form.values.timeZone}
          onChange={(zone) => form.setValue('timeZone', zone)}
        />
        <div>
          <ActionButton label={t('action.save')} reason={reason} loading={save.isPending} onClick={submit} />
        </div>
      </Stack>
    </form>
  )
}

function bodyOf(values: Readonly<Record<'name' | 'domain' | 'locale' | 'timeZone' | 'contactEmail', string>>): object {
  const { name, domain, locale, timeZone, contactEmail } = values
  const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())
  return {
    name: name.trim(),
    domain: orNull(domain),
    settings: { locale, timeZone, contactEmail: orNull(contactEmail) },
  }
}
