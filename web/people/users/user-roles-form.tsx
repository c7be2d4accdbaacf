import { ActionButton, api, notifySuccess, ProblemAlert } from '@platen/ui'
import { Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { User } from '../api/types.ts'
import { RoleChoice } from '../roles/role-choice.tsx'

/** The roles of somebody. What is chosen counts within seconds of saving. */
export function UserRolesForm({ user, reason }: { user: User; reason: string | null }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const before = user.roles.map(({ id }) => id)
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set(before))
  const isSame = chosen.size === before.length && before.every((id) => chosen.has(id))
  const save = useMutation({
    mutationFn: () => api.send<User>('PATCH', `/users/${user.id}`, { roles: [...chosen] }, { version: user.version }),
    onSuccess() {
      notifySuccess(t('people.rolesSaved', { name: user.name }))
      void client.invalidateQueries({ queryKey: ['users'] })
      void client.invalidateQueries({ queryKey: ['roles'] })
    },
  })
  function saveReason(): string | null {
    if (reason !== null) return reason
    if (chosen.size === 0) return t('invite.rolesRule')
    return isSame ? t('people.nothingChanged') : null
  }
  return (
    <Stack>
      <ProblemAlert error={save.error} />
      <RoleChoice isTitled chosen={chosen} onChange={choose} reason={reason} />
      <div>
        <ActionButton
          label={t('people.saveRoles')}
          reason={saveReason()}
          loading={save.isPending}
          onClick={() => save.mutate()}
        />
      </div>
    </Stack>
  )
}
