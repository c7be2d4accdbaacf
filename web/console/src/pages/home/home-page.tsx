import { ButtonLink, EmptyState, Page, Panel, QueryView } from '@platen/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { meQuery, sitesQuery } from '../../api/queries.ts'
import { paths } from '../../paths.ts'
import { Health } from './health.tsx'
import { Todos } from './todos.tsx'

/** What is left to do and how things are; no counters. */
export function HomePage() {
  const { t } = useTranslation()
  const me = useQuery(meQuery).data
  const sites = useInfiniteQuery(sitesQuery())
  const title = me ? t('home.hello', { name: me.user.name.split(' ')[0] }) : t('nav.home')
  return (
    <Page title={title} windowTitle={t('nav.home')}>
      <QueryView query={sites}>
        {(data) => {
          const all = data.pages.flatMap((page) => page.items)
          return (
            <>
              {all.length === 0 ? (
                <EmptyState
                  title={t('home.firstSite')}
                  action={
                    <ButtonLink to={paths.newSite()} size="md">
                      {t('home.firstSite')}
                    </ButtonLink>
                  }
                >
                  {t('home.firstSiteText')}
                </EmptyState>
              ) : (
                <Panel title={t('home.todo')}>
                  <Todos sites={all} />
                </Panel>
              )}
              <Panel title={t('home.health')}>
                <Health sites={all} isOperator={me?.operator === true} />
              </Panel>
            </>
          )
        }}
      </QueryView>
    </Page>
  )
}
