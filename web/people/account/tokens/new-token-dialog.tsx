import { Button, Group, Input, Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { api, placeFieldProblems, ProblemAlert, QueryView, useTextForm } from '@platen/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { permissionsQuery } from '../../api/queries.ts'
import type { MadeApiToken } from '../../api/types.ts'
import { PermissionMatrix } from '../../roles/permission-matrix.tsx'

const lifetimes = [30, 90, 365, 730]

interface NewTokenDialogProps {
  onClose: () => void
  onMade: (made: MadeApiToken) => void
}

/** Name, lifetime and what it may do: at most what its maker may. */
export function NewTokenDialog({ onClose, onMade }: NewTokenDialogProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [left, setLeft] = useState<unknown>(null)
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set())
  const form = useTextForm({
    initial: { name: '', expiresInDays: '90' },
    rules: ({ name }) => ({
      name: name.trim() === '' ? t('form.required') : undefined,
    }),
  })
  const make = useMutation({
    mutationFn: () =>
      api.send<MadeApiToken>('POST', '/auth/api-tokens', {
        name: form.values.name.trim(),
        scopes: [...scopes],
        expiresInDays: Number(form.values.expiresInDays),
      }),
    async onSuccess(made) {
      await client.invalidateQueries({ queryKey: ['account', 'tokens'] })
      onMade(made)
      onClose()
    },
    onError: (error) => setLeft(placeFieldProblems(form, error, { '/name': 'name' })),
  })
  const [hasTried, setTried] = useState(false)
  const isUnscoped = hasTried && scopes.size === 0
  return (
    <Modal
      opened
      onClose={onClose}
      size={920}
      title={t('tokens.new')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setLeft(null)
          setTried(true)
          if (form.isAcceptable() && scopes.size > 0) make.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={left} />
          <TextInput
            label={t('tokens.name')}
            description={t('tokens.nameRule')}
            autoComplete="off"
            data-autofocus
            {...form.field('name')}
          />
          <NativeSelect
            label={t('tokens.lifetime')}
            data={lifetimes.map((days) => ({ value: String(days), label: t('tokens.days', { count: days }) }))}
            {...form.field('expiresInDays')}
          />
          <Input.Wrapper label={t('tokens.scopes')} labelElement="div" error={isUnscoped && t('tokens.scopesRule')}>
            <QueryView query={useQuery(permissionsQuery)}>
              {({ items }) => (
                <PermissionMatrix label={t('tokens.scopes')} permissions={items} chosen={scopes} onChange={setScopes} />
              )}
            </QueryView>
          </Input.Wrapper>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t('tokens.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
