import { Button, Group } from '@mantine/core'
import { Page, Panel, PropertyList, QueryView } from '@platen/ui'
import { IconLogout } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { meQuery, setupQuery } from '../../api/queries.ts'
import { signOut } from '../../layout/console-frame.tsx'

export function AccountPage() {
  const { t } = useTranslation()
  const setup = useQuery(setupQuery).data
  return (
    <Page title={t('accountPage.title')}>
      <QueryView query={useQuery(meQuery)}>
        {({ user, tenant, operator }) => (
          <Panel title={t('accountPage.who')}>
            <PropertyList
              items={[
                { label: t('accountPage.name'), value: user.name },
                { label: t('form.emailLabel'), value: user.email },
                { label: t('accountPage.tenant'), value: tenant?.name ?? '–' },
                {
                  label: t('accountPage.role'),
                  value: user.roles.map(({ id, name }) => t(`role.${id}`, { defaultValue: name })).join(', '),
                },
                ...(operator ? [{ label: t('accountPage.platform'), value: t('accountPage.operator') }] : []),
                { label: t('accountPage.version'), value: setup?.version ?? '–' },
              ]}
            />
            <Group mt="lg">
              <Button variant="default" leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
                {t('account.signOut')}
              </Button>
            </Group>
          </Panel>
        )}
      </QueryView>
    </Page>
  )
}
