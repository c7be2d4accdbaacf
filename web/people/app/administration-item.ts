import type { NavigationItem } from '@platen/ui'
import { IconUsersGroup } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useAdministrationTabs } from './administration.tsx'

/** The one item of the navigation that leads to the pages of administration; none for whoever may see none of them. */
export function useAdministrationItem(): NavigationItem[] {
  const { t } = useTranslation()
  const tabs = useAdministrationTabs()
  const [first] = tabs
  if (first === undefined) return []
  return [
    {
      to: first.to,
      label: t('administration.title'),
      icon: IconUsersGroup,
      section: true,
      covers: tabs.map(({ to }) => to),
    },
  ]
}
