import { Menu } from '@mantine/core'
import { forgetPerson } from '@platen/people'
import { api, useGo } from '@platen/ui'
import type { TokenAnswer } from '@platen/ui'
import { IconBuilding, IconCheck } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { membershipsQuery } from '../api/tenants.ts'
import { paths } from '../paths.ts'

/** In the account menu: the organisations one belongs to. Nothing for whoever has only one. */
export function TenantSwitcher() {
  const { t } = useTranslation()
  const go = useGo()
  const memberships = useQuery(membershipsQuery).data?.items ?? []
  const change = useMutation({
    mutationFn: (tenantId: string) => api.send<TokenAnswer>('PUT', '/auth/tenant', { tenantId }),
    onSuccess(answer) {
      api.session.adopt(answer)
      forgetPerson()
      go.push(paths.home())
    },
  })
  if (memberships.length < 2) return null
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('organisation.switch')}</Menu.Label>
      {memberships.map(({ tenant, current }) => (
        <Menu.Item
          key={tenant.id}
          leftSection={current ? <IconCheck size={16} /> : <IconBuilding size={16} />}
          disabled={change.isPending}
          aria-current={current || undefined}
          onClick={() => {
            if (!current) change.mutate(tenant.id)
          }}
        >
          {tenant.name}
        </Menu.Item>
      ))}
      <Menu.Divider />
    </>
  )
}
