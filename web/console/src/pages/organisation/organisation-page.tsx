import { AdministrationPage } from '@platen/people'
import { Panel, PropertyList, QueryView, StateBadge } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ownTenantQuery } from '../../api/tenants.ts'
import { OrganisationForm } from './organisation-form.tsx'

/** One's own organisation: its name, its plan, and what it decides for its people. */
export function OrganisationPage() {
  const { t } = useTranslation()
  return (
    <AdministrationPage title={t('organisation.title')} description={t('organisation.intro')}>
      <QueryView query={useQuery(ownTenantQuery)}>
        {(tenant) => (
          <>
            <Panel title={t('organisation.facts')}>
              <PropertyList
                items={[
                  { label: t('organisation.slug'), value: tenant.slug },
                  { label: t('sites.plan'), value: tenant.plan.title },
                  {
                    label: t('sites.title'),
                    value: t('organisation.siteCount', { used: tenant.siteCount, limit: tenant.maxSites }),
                  },
                  {
                    label: t('sites.state'),
                    value: (
                      <StateBadge
                        tone={tenant.state === 'active' ? 'ok' : 'warn'}
                        label={t(`tenantState.${tenant.state}`)}
                      />
                    ),
                  },
                ]}
              />
            </Panel>
            <Panel title={t('organisation.settings')}>
              <OrganisationForm key={tenant.version} tenant={tenant} />
            </Panel>
          </>
        )}
      </QueryView>
    </AdministrationPage>
  )
}
