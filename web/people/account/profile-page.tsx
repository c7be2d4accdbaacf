import { Button } from '@mantine/core'
import { Panel, PropertyList, QueryView } from '@platen/ui'
import { IconLogout } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ownUserQuery } from '../api/queries.ts'
import { usePlace } from '../app/place.tsx'
import { signOut } from '../app/sign-out.ts'
import { useRoleNames } from '../roles/use-role-names.ts'
import { AccountFrame } from './account-frame.tsx'
import { ProfileForm } from './profile-form.tsx'
import { VerifyAddressButton } from './verify-address-button.tsx'

export function ProfilePage() {
  const { t } = useTranslation()
  const roleNames = useRoleNames()
  const { AboutPlace } = usePlace()
  const leave = (
    <Button variant="default" leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
      {t('account.signOut')}
    </Button>
  )
  return (
    <AccountFrame title={t('myAccount.profile')}>
      <QueryView query={useQuery(ownUserQuery)}>
        {(user) => (
          <>
            <Panel title={t('myAccount.profile')} action={leave}>
              <ProfileForm user={user} />
            </Panel>
            <Panel title={t('myAccount.here')}>
              <PropertyList
                items={[
                  { label: t('form.emailLabel'), value: user.email },
                  { label: t('myAccount.roles'), value: roleNames(user.roles) },
                ]}
              />
              <VerifyAddressButton email={user.email} />
            </Panel>
          </>
        )}
      </QueryView>
      {AboutPlace && <AboutPlace />}
    </AccountFrame>
  )
}
