import { Button, Group } from '@mantine/core'
import { notifySuccess, Page, Panel, PropertyList, QueryView, useFormat } from '@platen/ui'
import { IconLogout } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { NewPasswordForm } from '../../account/new-password-form.tsx'
import { meQuery, siteQuery } from '../../api/queries.ts'
import { signOut } from '../../layout/desk-frame.tsx'

export function AccountPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('account.title')}>
      <Panel title={t('account.who')}>
        <QueryView query={useQuery(meQuery)}>
          {({ user, site }) => (
            <PropertyList
              items={[
                { label: t('account.name'), value: user.name },
                { label: t('form.emailLabel'), value: user.email },
                {
                  label: t('account.role'),
                  value: user.roles.map(({ id, name }) => t(`role.${id}`, { defaultValue: name })).join(', '),
                },
                { label: t('account.site'), value: site.host },
              ]}
            />
          )}
        </QueryView>
        <Group mt="lg">
          <Button variant="default" leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
            {t('account.signOut')}
          </Button>
        </Group>
      </Panel>
      <Panel title={t('account.password')}>
        <NewPasswordForm
          asksCurrent
          submitLabel={t('account.change')}
          onDone={() => notifySuccess(t('account.changed'))}
        />
      </Panel>
      <Panel title={t('account.plan')}>
        <Usage />
      </Panel>
    </Page>
  )
}

function Usage() {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <QueryView query={useQuery(siteQuery)}>
      {({ plan, usage }) => (
        <PropertyList
          items={[
            { label: t('account.plan'), value: plan.title },
            {
              label: t('account.storage'),
              value: t('account.of', {
                used: format.bytes(usage.storageBytes),
                limit: format.bytes(plan.maxStorageBytes),
              }),
            },
            { label: t('account.users'), value: t('account.of', { used: usage.users, limit: plan.maxUsers }) },
          ]}
        />
      )}
    </QueryView>
  )
}
