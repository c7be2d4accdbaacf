import { Button, Input, Stack, TextInput } from '@mantine/core'
import {
  api,
  DraftNotice,
  notifySuccess,
  placeFieldProblems,
  ProblemAlert,
  QueryView,
  useGo,
  useTextForm,
} from '@platen/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { permissionsQuery } from '../api/queries.ts'
import type { Role } from '../api/types.ts'
import { peoplePaths } from '../paths.ts'
import { PermissionMatrix } from './permission-matrix.tsx'

/** An own role: its name, what it is for, and what it allows. */
export function RoleForm({ role }: { role?: Role }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const go = useGo()
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: {
      name: role?.name ?? '',
      description: role?.description ?? '',
      permissions: role?.permissions.join(' ') ?? '',
    },
    rules: ({ name, permissions }) => ({
      name: name.trim() === '' ? t('form.required') : undefined,
      permissions: permissions === '' ? t('tokens.scopesRule') : undefined,
    }),
    draftKey: `role:${role?.id ?? 'new'}`,
  })
  const chosen = new Set(form.values.permissions.split(' ').filter(Boolean))
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: form.values.name.trim(),
        description: form.values.description.trim(),
        permissions: [...chosen],
      }
      return role === undefined
        ? api.send<Role>('POST', '/roles', body)
        : api.send<Role>('PATCH', `/roles/${role.id}`, body, { version: role.version ?? undefined })
    },
    async onSuccess(saved) {
      form.clearDraft()
      notifySuccess(t('roles.saved', { name: saved.name }))
      await client.invalidateQueries({ queryKey: ['roles'] })
      if (role === undefined) go.replace(peoplePaths.role(saved.id))
    },
    onError: (error) => setLeft(placeFieldProblems(form, error, { '/name': 'name', '/description': 'description' })),
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
      <Stack>
        {form.isRestored && <DraftNotice onDiscard={form.reset} />}
        <ProblemAlert error={left} />
        <TextInput label={t('roles.name')} autoComplete="off" maw={420} {...form.field('name')} />
        <TextInput label={t('roles.description')} autoComplete="off" maw={640} {...form.field('description')} />
        <Input.Wrapper label={t('roles.permissions')} labelElement="div" error={form.field('permissions').error}>
          <QueryView query={useQuery(permissionsQuery)}>
            {({ items }) => (
              <PermissionMatrix
                label={t('roles.permissions')}
                permissions={items}
                chosen={chosen}
                onChange={(names) => form.setValue('permissions', [...names].join(' '))}
              />
            )}
          </QueryView>
        </Input.Wrapper>
        <div>
          <Button type="submit" loading={save.isPending}>
            {t('roles.save')}
          </Button>
        </div>
      </Stack>
    </form>
  )
}
