import { Avatar, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconLogout, IconUser } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { RouterLink } from './router-link.tsx'

export interface Account {
  name: string
  email: string
}

interface AccountMenuProps {
  account: Account
  to: string
  onSignOut: () => void
  /** More items, between the account and signing out. */
  children?: ReactNode
}

export function AccountMenu({ account, to, onSignOut, children }: AccountMenuProps) {
  const { t } = useTranslation('ui')
  return (
    <Menu position="bottom-end" width={230} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        {/* The visible initials are part of the name (WCAG 2.5.3), so that it can be spoken. */}
        <UnstyledButton aria-label={`${t('account.menu')} ${initials(account.name || account.email)}`} p={4}>
          <Avatar size={30} radius="xl" color="petrol" variant="filled" alt="">
            {initials(account.name || account.email)}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown aria-label={t('account.menu')}>
        <Menu.Item component={RouterLink} to={to} leftSection={<IconUser size={16} />}>
          <Text size="sm" fw={600} truncate>
            {account.name}
          </Text>
          <Text size="xs" truncate>
            {account.email}
          </Text>
        </Menu.Item>
        {children}
        <Menu.Item onClick={onSignOut} leftSection={<IconLogout size={16} />}>
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function initials(name: string): string {
  const words = name.split(/[\s@.]+/).filter(Boolean)
  return (words[0]?.[0] ?? '?').toUpperCase() + (words[1]?.[0] ?? '').toUpperCase()
}
