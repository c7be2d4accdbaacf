import { Alert, Button, Group, Text, TextInput } from '@mantine/core'
import { api, CodeBlock, placeFieldProblems, ProblemAlert, useTextForm } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { alertWebhooksQuery } from '../../api/platform.ts'
import type { AddedWebhook } from '../../api/platform.ts'
import classes from './settings-page.module.css'

/** Adds a URL; the secret that signs what is sent there is shown once, here. */
export function AddWebhook() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: { url: '' },
    rules: ({ url }) => ({ url: /^https?:\/\/\S+$/.test(url.trim()) ? undefined : t('webhooks.urlRule') }),
  })
  const add = useMutation({
    mutationFn: () => api.send<AddedWebhook>('POST', '/alert-webhooks', { url: form.values.url.trim() }),
    onSuccess: () => form.reset(),
    onError: (error) => setLeft(placeFieldProblems(form, error, { '/url': 'url' })),
    onSettled: () => client.invalidateQueries({ queryKey: alertWebhooksQuery.queryKey }),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLeft(null)
        if (form.isAcceptable()) add.mutate()
      }}
    >
      <ProblemAlert error={left} />
      <Group align="flex-end" mb="md">
        <TextInput
          label={t('webhooks.url')}
          type="url"
          autoComplete="off"
          spellCheck={false}
          className={classes.words}
          {...form.field('url')}
        />
        <Button type="submit" loading={add.isPending}>
          {t('webhooks.add')}
        </Button>
      </Group>
      {add.data !== undefined && add.data.secret !== null && (
        <Secret secret={add.data.secret} onClose={() => add.reset()} />
      )}
    </form>
  )
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Alert
      color="green"
      variant="light"
      mb="md"
      role="status"
      title={t('webhooks.secretTitle')}
      withCloseButton
      closeButtonLabel={t('action.close')}
      onClose={onClose}
    >
      <Text size="sm" mb="sm">
        {t('webhooks.secretText')}
      </Text>
      <CodeBlock text={secret} what={t('webhooks.secret')} />
    </Alert>
  )
}
