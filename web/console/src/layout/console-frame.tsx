import { signOut, useAdministrationItem, useMay } from '@platen/people'
import { api, AppFrame, ConnectionBanner } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import {
  IconBell,
  IconBuilding,
  IconCertificate,
  IconFileText,
  IconHome,
  IconListCheck,
  IconMail,
  IconServer2,
  IconSettings,
  IconStethoscope,
  IconWorld,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { meQuery, setupQuery } from '../api/queries.ts'
import { paths } from '../paths.ts'
import { TenantSwitcher } from '../tenants/tenant-switcher.tsx'
import { AlertBanner } from './alert-banner.tsx'

export function ConsoleFrame() {
  const { t } = useTranslation()
  const me = useQuery(meQuery).data
  const setup = useQuery(setupQuery).data
  const may = useMay()
  const administration = useAdministrationItem()
  const isOperator = me?.operator === true
  return (
    <AppFrame
      rail="dark"
      title={t('brand')}
      subtitle={setup?.zone}
      navigation={[
        { to: paths.home(), label: t('nav.home'), icon: IconHome },
        ...(may('sites.read') ? [{ to: paths.sites(), label: t('nav.sites'), icon: IconWorld, section: true }] : []),
        ...(may('operations.read')
          ? [{ to: paths.operations(), label: t('nav.operations'), icon: IconListCheck, section: true }]
          : []),
        ...(isOperator
          ? [
              { to: paths.alerts(), label: t('nav.alerts'), icon: IconBell },
              { to: paths.diagnosis(), label: t('nav.diagnosis'), icon: IconStethoscope },
              { to: paths.organisations(), label: t('nav.organisations'), icon: IconBuilding },
              { to: paths.servers(), label: t('nav.servers'), icon: IconServer2 },
              { to: paths.logs(), label: t('nav.logs'), icon: IconFileText },
              { to: paths.inbox(), label: t('nav.inbox'), icon: IconMail, section: true },
            ]
          : []),
        ...administration,
        { to: paths.certificate(), label: t('nav.certificate'), icon: IconCertificate },
        ...(isOperator ? [{ to: paths.settings(), label: t('nav.settings'), icon: IconSettings }] : []),
      ]}
      account={me?.user}
      accountPath={paths.account()}
      accountItems={<TenantSwitcher />}
      onSignOut={() => void signOut()}
      banner={
        <>
          <ConnectionBanner connection={api.connection} />
          {isOperator && <AlertBanner />}
        </>
      }
    >
      <Outlet />
    </AppFrame>
  )
}
