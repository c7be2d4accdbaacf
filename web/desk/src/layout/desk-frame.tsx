import { signOut, useAdministrationItem, useMay } from '@platen/people'
import { api, AppFrame, ConnectionBanner } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { IconHome, IconPackage, IconReceipt, IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../api/queries.ts'
import { paths } from '../paths.ts'

export function DeskFrame() {
  const { t } = useTranslation()
  const me = useQuery(meQuery).data
  const may = useMay()
  const administration = useAdministrationItem()
  return (
    <AppFrame
      rail="light"
      title={me?.site.name ?? t('brand')}
      subtitle={t('brand')}
      navigation={[
        { to: paths.home(), label: t('nav.home'), icon: IconHome },
        ...(may('orders.read')
          ? [{ to: paths.orders(), label: t('nav.orders'), icon: IconReceipt, section: true }]
          : []),
        ...(may('products.read')
          ? [{ to: paths.products(), label: t('nav.products'), icon: IconPackage, section: true }]
          : []),
        ...(may('customers.read')
          ? [{ to: paths.customers(), label: t('nav.customers'), icon: IconUsers, section: true }]
          : []),
        ...administration,
      ]}
      account={me?.user}
      accountPath={paths.account()}
      onSignOut={() => void signOut()}
      banner={<ConnectionBanner connection={api.connection} />}
    >
      <Outlet />
    </AppFrame>
  )
}
