import { Button, NativeSelect, Stack, TextInput } from '@mantine/core'
import {
  api,
  chooseLanguage,
  DraftNotice,
  isLanguage,
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
import { meQuery, ownUserQuery } from '../api/queries.ts'
import type { OwnUser } from '../api/types.ts'

/** One's own name, and the language of mails and of this browser. */
export function ProfileForm({ user }: { user: OwnUser }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: { name: user.name, locale: user.locale ?? i18n.language },
    rules: ({ name }) => ({ name: name.trim() === '' ? t('form.required') : undefined }),
    draftKey: 'profile',
  })
  const save = useMutation({
    mutationFn: () => {
      const { name, locale } = form.values
      return api.send('PATCH', '/users/me', { name: name.trim(), locale })
    },
    async onSuccess() {
      form.clearDraft()
      if (isLanguage(form.values.locale)) chooseLanguage(form.values.locale)
      await client.invalidateQueries({ queryKey: ownUserQuery.queryKey })
      void client.invalidateQueries({ queryKey: meQuery.queryKey })
      notifySuccess(i18n.t('myAccount.saved'))
    },
    onError: (error) => setLeft(placeFieldProblems(form, error, { '/name': 'name', '/locale': 'locale' })),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLeft(null)
        if (form.isAcceptable()) save.mutate()
      }}
    >
      <Stack maw={420}>
        {form.isRestored && <DraftNotice onDiscard={form.reset} />}
        <ProblemAlert error={left} />
        <TextInput label={t('myAccount.name')} autoComplete="name" required {...form.field('name')} />
        <NativeSelect
          label={t('myAccount.language')}
          description={t('myAccount.languageRule')}
          data={languages.map((value) => ({ value, label: languageNames[value] }))}
          {...form.field('locale')}
        />
        <div>
          <Button type="submit" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </Stack>
    </form>
  )
}
