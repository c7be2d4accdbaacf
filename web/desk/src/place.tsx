import { useMay } from '@platen/people'
import type { Place } from '@platen/people'
import { Panel, PropertyList, QueryView, useFormat } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { siteQuery } from './api/queries.ts'

/** What the desk says on the pages that it shares with the console. */
export const place: Place = {
  SignInIntro,
  AboutPlace,
  useDeadLetterRights,
  auditResources: ['order', 'product', 'customer'],
  reports: [
    { type: 'people', permission: 'users.read' },
    { type: 'products', permission: 'products.read' },
    { type: 'orders', permission: 'orders.read' },
  ],
}

function SignInIntro() {
  return useTranslation().t('login.intro', { site: window.location.hostname })
}

function useDeadLetterRights() {
  const may = useMay()
  return { mayRead: may('jobs.read'), mayWrite: may('jobs.write') }
}

/** The plan of the site and what is used of it. */
function AboutPlace() {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Panel title={t('account.site')}>
      <QueryView query={useQuery(siteQuery)}>
        {({ host, plan, usage }) => (
          <PropertyList
            items={[
              { label: t('account.address'), value: host },
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
    </Panel>
  )
}
