import { Alert, Anchor, Button, Code, Stack, TextInput } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import {
  api,
  queryClient,
  ConnectionBanner,
  minPasswordLength,
  NewPasswordInput,
  placeFieldProblems,
  ProblemAlert,
  ProblemError,
  PublicPage,
  useTextForm,
  useGo,
} from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { setupQuery } from '../../api/queries.ts'
import { paths } from '../../paths.ts'

const empty = { code: '', name: '', email: '', password: '' }

/** Claims a fresh platform: whoever can read the setup code on the server becomes its owner. */
export function SetupPage() {
  const { t } = useTranslation()
  const go = useGo()
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: empty,
    rules: (values) => ({
      code: values.code.trim() === '' ? t('form.required') : undefined,
      name: values.name.trim() === '' ? t('form.required') : undefined,
      email: /^\S+@\S+$/.test(values.email.trim()) ? undefined : t('form.email'),
      password:
        values.password.length < minPasswordLength ? t('form.passwordShort', { count: minPasswordLength }) : undefined,
    }),
  })
  const claim = useMutation({
    mutationFn: () =>
      api.signIn('/setup', {
        code: form.values.code.trim(),
        name: form.values.name.trim(),
        email: form.values.email.trim(),
        password: form.values.password,
      }),
    onSuccess() {
      queryClient.setQueryData(setupQuery.queryKey, (known) => known && { ...known, claimed: true })
      go.push(paths.newSite())
    },
    onError(error) {
      if (error instanceof ProblemError && error.code === 'setup-code-wrong')
        form.setFieldError('code', t('problem.setup-code-wrong'))
      else
        setLeft(
          placeFieldProblems(form, error, {
            '/code': 'code',
            '/name': 'name',
            '/email': 'email',
            '/password': 'password',
          }),
        )
    },
  })
  return (
    <PublicPage
      brand={t('brand')}
      title={t('setup.title')}
      intro={t('setup.intro')}
      banner={<ConnectionBanner connection={api.connection} />}
      footer={
        <Anchor href="/api/v1/certificate-authority/download" inherit download>
          {t('setup.certificate')}
        </Anchor>
      }
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setLeft(null)
          if (form.isAcceptable()) claim.mutate()
        }}
      >
        <Stack>
          <Alert role="note" color="petrol" variant="light" icon={<IconKey size={18} />} title={t('setup.where')}>
            <Trans i18nKey="setup.whereText" components={{ code: <Code /> }} />
          </Alert>
          <ProblemAlert error={left} />
          <TextInput
            label={t('setup.code')}
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            required
            {...form.field('code')}
          />
          <TextInput label={t('setup.name')} autoComplete="name" required {...form.field('name')} />
          <TextInput
            label={t('form.emailLabel')}
            type="email"
            autoComplete="username"
            required
            {...form.field('email')}
          />
          <NewPasswordInput label={t('form.passwordLabel')} required {...form.field('password')} />
          <Button type="submit" size="md" loading={claim.isPending}>
            {t('setup.submit')}
          </Button>
        </Stack>
      </form>
    </PublicPage>
  )
}
