import { Anchor } from '@mantine/core'
import { useMay } from '@platen/people'
import type { AdministrationTab, Place } from '@platen/people'
import { Panel, PropertyList, TextLink } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { meQuery, setupQuery } from './api/queries.ts'
import { registrationQuery } from './api/tenants.ts'
import { paths } from './paths.ts'

/** What the console says on the pages that it shares with the desk. */
export const place: Place = {
  SignInIntro,
  SignInFooter,
  AboutPlace,
  useOwnTabs,
  useDeadLetterRights,
  reports: [
    { type: 'people', permission: 'users.read' },
    { type: 'sites', permission: 'sites.read' },
  ],
  auditResources: ['site', 'backup', 'operation', 'tenant', 'alert'],
}

function SignInIntro() {
  return useTranslation().t('login.intro')
}

function SignInFooter() {
  const { t } = useTranslation()
  const isOpen = useQuery(registrationQuery).data?.registration === 'open'
  return (
    <>
      {isOpen && (
        <p>
          <TextLink to={paths.register()}>{t('register.title')}</TextLink>
        </p>
      )}
      <Anchor href="/api/v1/certificate-authority/download" inherit download>
        {t('setup.certificate')}
      </Anchor>
    </>
  )
}

function useOwnTabs(): AdministrationTab[] {
  const { t } = useTranslation()
  const may = useMay()
  return may('tenant.read') ? [{ to: paths.organisation(), label: t('organisation.title') }] : []
}

/** Those of the control plane are a matter of operators. */
function useDeadLetterRights() {
  const isOperator = useQuery(meQuery).data?.operator === true
  return { mayRead: isOperator, mayWrite: isOperator }
}

function AboutPlace() {
  const { t } = useTranslation()
  const me = useQuery(meQuery).data
  const setup = useQuery(setupQuery).data
  return (
    <Panel title={t('accountPage.platform')}>
      <PropertyList
        items={[
          { label: t('accountPage.tenant'), value: me?.tenant?.name ?? '–' },
          ...(me?.operator === true ? [{ label: t('accountPage.standing'), value: t('accountPage.operator') }] : []),
          { label: t('accountPage.version'), value: setup?.version ?? '–' },
        ]}
      />
    </Panel>
  )
}
