import { Page, QueryView, TabLinks, TextLink, usePathParameter } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery, siteQuery } from '../../../api/queries.ts'
import type { Site } from '../../../api/types.ts'
import { paths } from '../../../paths.ts'
import { SiteState } from '../../../sites/site-state.tsx'
import { ArchivedNotice } from './archived-notice.tsx'

/** What the pages of a site have in common: its name, state and the links between them. */
export function SiteFrame({ children }: { children: (site: Site) => ReactNode }) {
  const { t } = useTranslation()
  const id = usePathParameter('id')
  const query = useQuery(siteQuery(id))
  const mayReadLogs = useQuery(meQuery).data?.permissions.some((one) => one === '*' || one === 'logs.read')
  return (
    <QueryView query={query}>
      {(site) => (
        <Page
          title={site.name}
          badge={<SiteState site={site} />}
          description={site.host}
          back={<TextLink to={paths.sites()}>{t('sites.title')}</TextLink>}
        >
          <TabLinks
            label={t('site.pages')}
            items={[
              { to: paths.site(id), label: t('site.overview') },
              { to: paths.siteActivity(id), label: t('site.activity') },
              { to: paths.siteBackups(id), label: t('backups.title') },
              ...(mayReadLogs ? [{ to: paths.siteLogs(id), label: t('logs.title') }] : []),
              { to: paths.siteSettings(id), label: t('site.settings') },
            ]}
          />
          {site.state === 'archived' && <ArchivedNotice site={site} />}
          {children(site)}
        </Page>
      )}
    </QueryView>
  )
}
