import { ButtonLink, EmptyState, FilterSelect, MoreButton, Page, QueryView, SearchInput, Toolbar } from '@platen/ui'
import { useQueryParameter, useSearchText } from '@platen/ui'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { sitesQuery } from '../../api/queries.ts'
import { paths } from '../../paths.ts'
import { SitesTable } from './sites-table.tsx'

const states = ['active', 'suspended', 'broken', 'archived'] as const

export function SitesPage() {
  const { t } = useTranslation()
  const search = useSearchText()
  const state = useQueryParameter('state') ?? ''
  const query = useInfiniteQuery(sitesQuery(search, state))
  return (
    <Page
      title={t('sites.title')}
      description={t('sites.intro')}
      action={
        <ButtonLink to={paths.newSite()} leftSection={<IconPlus size={16} />}>
          {t('sites.new')}
        </ButtonLink>
      }
    >
      <Toolbar>
        <SearchInput label={t('sites.search')} />
        <FilterSelect
          name="state"
          label={t('sites.filter')}
          options={[
            { value: '', label: t('sites.current') },
            ...states.map((value) => ({ value, label: t(`siteState.${value}`) })),
          ]}
        />
      </Toolbar>
      <QueryView query={query}>
        {({ pages }) => {
          // Archived ones are there for whoever asks for them.
          const sites = pages.flatMap((page) => page.items).filter((site) => state !== '' || site.state !== 'archived')
          if (sites.length > 0) return <SitesTable sites={sites} />
          return <NoSites search={search} isFiltered={state !== ''} />
        }}
      </QueryView>
      <MoreButton query={query} />
    </Page>
  )
}

function NoSites({ search, isFiltered }: { search: string; isFiltered: boolean }) {
  const { t } = useTranslation()
  if (search !== '') return <EmptyState title={t('sites.noMatch', { search })} />
  if (isFiltered) return <EmptyState title={t('sites.noneLikeThis')} />
  return (
    <EmptyState title={t('sites.none')} action={<ButtonLink to={paths.newSite()}>{t('home.firstSite')}</ButtonLink>}>
      {t('sites.noneText')}
    </EmptyState>
  )
}
