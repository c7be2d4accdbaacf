import { Button, Text } from '@mantine/core'
import {
  ButtonLink,
  DataTable,
  EmptyState,
  Page,
  QueryView,
  SearchInput,
  TextLink,
  TimeAgo,
  useSearchText,
} from '@platen/ui'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { sitesQuery } from '../../api/queries.ts'
import { paths } from '../../paths.ts'
import { SiteState } from '../../sites/site-state.tsx'

export function SitesPage() {
  const { t } = useTranslation()
  const search = useSearchText()
  const query = useInfiniteQuery(sitesQuery(search))
  const create = (
    <ButtonLink to={paths.newSite()} leftSection={<IconPlus size={16} />}>
      {t('sites.new')}
    </ButtonLink>
  )
  return (
    <Page title={t('sites.title')} description={t('sites.intro')} action={create}>
      <SearchInput label={t('sites.search')} />
      <QueryView query={query}>
        {(data) => {
          const sites = data.pages.flatMap((page) => page.items)
          if (sites.length === 0 && search !== '') return <EmptyState title={t('sites.noMatch', { search })} />
          if (sites.length === 0) {
            return (
              <EmptyState
                title={t('sites.none')}
                action={<ButtonLink to={paths.newSite()}>{t('home.firstSite')}</ButtonLink>}
              >
                {t('sites.noneText')}
              </EmptyState>
            )
          }
          return (
            <DataTable
              label={t('sites.title')}
              rows={sites}
              rowKey={(site) => site.id}
              columns={[
                {
                  key: 'name',
                  header: t('sites.name'),
                  render: (site) => (
                    <>
                      <TextLink to={paths.site(site.id)}>{site.name}</TextLink>
                      <Text size="sm" c="dimmed">
                        {site.host}
                      </Text>
                    </>
                  ),
                },
                { key: 'state', header: t('sites.state'), render: (site) => <SiteState site={site} /> },
                { key: 'plan', header: t('sites.plan'), secondary: true, render: (site) => site.plan.title },
                {
                  key: 'created',
                  header: t('sites.created'),
                  secondary: true,
                  render: (site) => <TimeAgo iso={site.createdAt} />,
                },
              ]}
            />
          )
        }}
      </QueryView>
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('action.loadMore')}
        </Button>
      )}
    </Page>
  )
}
