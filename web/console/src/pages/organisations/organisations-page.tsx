import { Text } from '@mantine/core'
import {
  EmptyState,
  FilterSelect,
  ListView,
  Page,
  SearchInput,
  StateBadge,
  TimeAgo,
  Toolbar,
  useQueryParameter,
  useSearchText,
} from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { tenantsQuery } from '../../api/tenants.ts'
import type { Tenant } from '../../api/tenants.ts'
import { SuspensionAction } from './suspension-action.tsx'

/** Every organisation of the platform, for its operators. */
export function OrganisationsPage() {
  const { t } = useTranslation()
  const search = useSearchText()
  const state = useQueryParameter('state') ?? ''
  return (
    <Page title={t('organisations.title')} description={t('organisations.intro')}>
      <Toolbar>
        <SearchInput label={t('organisations.search')} />
        <FilterSelect
          name="state"
          label={t('sites.filter')}
          options={[
            { value: '', label: t('organisations.all') },
            { value: 'active', label: t('tenantState.active') },
            { value: 'suspended', label: t('tenantState.suspended') },
          ]}
        />
      </Toolbar>
      <ListView
        query={useInfiniteQuery(tenantsQuery(search, state))}
        label={t('organisations.title')}
        rowKey={(tenant) => tenant.id}
        empty={<EmptyState title={t('organisations.none')} />}
        columns={[
          { key: 'name', header: t('organisation.name'), render: (tenant) => <Name tenant={tenant} /> },
          { key: 'state', header: t('sites.state'), render: (tenant) => <State tenant={tenant} /> },
          { key: 'plan', header: t('sites.plan'), secondary: true, render: ({ plan }) => plan.title },
          {
            key: 'sites',
            header: t('sites.title'),
            align: 'right',
            secondary: true,
            render: ({ siteCount, maxSites }) => t('organisation.siteCount', { used: siteCount, limit: maxSites }),
          },
          {
            key: 'created',
            header: t('sites.created'),
            secondary: true,
            render: ({ createdAt }) => <TimeAgo iso={createdAt} />,
          },
          {
            key: 'action',
            header: t('site.actions'),
            align: 'right',
            render: (tenant) => <SuspensionAction tenant={tenant} />,
          },
        ]}
      />
    </Page>
  )
}

function Name({ tenant }: { tenant: Tenant }) {
  return (
    <>
      <Text fw={600}>{tenant.name}</Text>
      <Text size="sm" c="dimmed">
        {tenant.domain ?? tenant.slug}
      </Text>
    </>
  )
}

function State({ tenant: { state, suspension } }: { tenant: Tenant }) {
  const { t } = useTranslation()
  return (
    <>
      <StateBadge tone={state === 'active' ? 'ok' : 'warn'} label={t(`tenantState.${state}`)} />
      {suspension !== null && (
        <Text size="sm" c="dimmed">
          <TimeAgo iso={suspension.since} />
          {suspension.reason !== null && ` · ${suspension.reason}`}
        </Text>
      )}
    </>
  )
}
