import { NeedsPermissions } from '@platen/people'
import { ButtonLink, EmptyState, Page, Panel, QueryView } from '@platen/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { meQuery, sitesQuery } from '../../api/queries.ts'
import type { Operation, Site } from '../../api/types.ts'
import { paths } from '../../paths.ts'
import { runningOperations } from './attention.ts'
import { Attention } from './attention-list.tsx'
import { FirstSteps } from './first-steps.tsx'
import { Health } from './health.tsx'
import { Running } from './running.tsx'
import { useRecentOperations } from './use-recent-operations.ts'

/** What needs a person, what is being done, how things are; no counters. */
export function HomePage() {
  const { t } = useTranslation()
  const me = useQuery(meQuery).data
  const title = me ? t('home.hello', { name: me.user.name.split(' ')[0] }) : t('nav.home')
  return (
    <Page title={title} windowTitle={t('nav.home')}>
      <NeedsPermissions all={['sites.read', 'operations.read']}>
        <Overview isOperator={me?.operator === true} />
      </NeedsPermissions>
    </Page>
  )
}

function Overview({ isOperator }: { isOperator: boolean }) {
  const operations = useRecentOperations()
  return (
    <QueryView query={useInfiniteQuery(sitesQuery())}>
      {({ pages }) => (
        <Content sites={pages.flatMap((page) => page.items)} operations={operations} isOperator={isOperator} />
      )}
    </QueryView>
  )
}

interface ContentProps {
  sites: readonly Site[]
  operations: readonly Operation[]
  isOperator: boolean
}

function Content({ sites, operations, isOperator }: ContentProps) {
  const { t } = useTranslation()
  return (
    <>
      {sites.length === 0 && <FirstSite />}
      <Panel title={t('home.attention')}>
        <Attention sites={sites} operations={operations} isOperator={isOperator} />
      </Panel>
      <Running operations={runningOperations(operations)} />
      {sites.length > 0 && <FirstSteps sites={sites} />}
      <Panel title={t('home.health')}>
        <Health sites={sites} isOperator={isOperator} />
      </Panel>
    </>
  )
}

function FirstSite() {
  const { t } = useTranslation()
  return (
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
  )
}
