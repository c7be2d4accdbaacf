import { EmptyState, FilterSelect, Page, Toolbar, useQueryParameter } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { sitesQuery } from '../../api/queries.ts'
import { OperationsTable } from '../../operations/operations-table.tsx'

const states = ['running', 'pending', 'undoing', 'succeeded', 'failed', 'needs-attention', 'cancelled'] as const

export function OperationsPage() {
  const { t } = useTranslation()
  const state = useQueryParameter('state') ?? ''
  const site = useQueryParameter('site') ?? ''
  const isFiltered = state !== '' || site !== ''
  return (
    <Page title={t('operations.title')} description={t('operations.intro')}>
      <Toolbar>
        <FilterSelect
          name="state"
          label={t('operations.state')}
          options={[
            { value: '', label: t('operations.anyState') },
            ...states.map((value) => ({ value, label: t(`operationState.${value}`) })),
          ]}
        />
        <FilterSelect name="site" label={t('operations.site')} options={useSiteOptions(site)} />
      </Toolbar>
      <OperationsTable
        subject={site}
        state={state}
        empty={
          isFiltered ? (
            <EmptyState title={t('operations.noneLikeThis')} />
          ) : (
            <EmptyState title={t('operations.none')}>{t('operations.noneText')}</EmptyState>
          )
        }
      />
    </Page>
  )
}

/** Every site by name; a chosen one that is not listed (any more) keeps its place. */
function useSiteOptions(chosen: string): { value: string; label: string }[] {
  const { t } = useTranslation()
  const sites = useInfiniteQuery(sitesQuery()).data?.pages.flatMap((page) => page.items) ?? []
  const isListed = chosen === '' || sites.some(({ id }) => id === chosen)
  return [
    { value: '', label: t('operations.anySite') },
    ...sites
      .map(({ id, name }) => ({ value: id, label: name }))
      .toSorted((one, other) => one.label.localeCompare(other.label)),
    ...(isListed ? [] : [{ value: chosen, label: t('operations.otherSite') }]),
  ]
}
