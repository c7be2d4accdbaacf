import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { api, placeFieldProblems, ProblemAlert, useTextForm } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MadeWebhook } from '../api/types.ts'
import { EventChoice } from './event-choice.tsx'

interface NewWebhookDialogProps {
  onClose: () => void
  onMade: (made: MadeWebhook) => void
}

/** Where to, what of, and what for. */
export function NewWebhookDialog({ onClose, onMade }: NewWebhookDialogProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [left, setLeft] = useState<unknown>(null)
  const [types, setTypes] = useState<readonly string[]>([])
  const form = useTextForm({
    initial: { url: '', description: '' },
    rules: ({ url }) => ({ url: URL.canParse(url.trim()) ? undefined : t('webhook.urlRule') }),
  })
  const make = useMutation({
    mutationFn: () =>
      api.send<MadeWebhook>('POST', '/webhooks', {
        url: form.values.url.trim(),
        description: form.values.description.trim(),
        types,
      }),
    async onSuccess(made) {
      await client.invalidateQueries({ queryKey: ['webhooks'] })
      onMade(made)
      onClose()
    },
    onError: (error) =>
      setLeft(placeFieldProblems(form, error, { '/url': { field: 'url', message: t('problem.webhook-url-refused') } })),
  })
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('webhook.new')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setLeft(null)
          if (form.isAcceptable()) make.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={left} />
          <TextInput
            label={t('webhook.url')}
            description={t('webhook.urlText')}
            placeholder="https://"
            type="url"
            autoComplete="off"
            data-autofocus
            {...form.field('url')}
          />
          <TextInput
            label={t('webhook.description')}
            autoComplete="off"
            maxLength={200}
            {...form.field('description')}
          />
          <EventChoice chosen={types} onChange={setTypes} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t('webhook.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
