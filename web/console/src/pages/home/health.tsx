import { StateBadge, TextLink, useFormat } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { authorityQuery, benchesQuery } from '../../api/queries.ts'
import type { Site } from '../../api/types.ts'
import { isOverdue } from '../../backups/backup-days.ts'
import { paths } from '../../paths.ts'
import { SiteState } from '../../sites/site-state.tsx'
import { sitesWithoutBackup } from './attention.ts'
import { HomeLine, HomeLines } from './home-line.tsx'
import { PlatformHealth } from './platform-health.tsx'

/** How things are; every line leads to where it can be looked into. */
export function Health({ sites, isOperator }: { sites: readonly Site[]; isOperator: boolean }) {
  const { t } = useTranslation()
  const served = sites.filter(({ state }) => state !== 'archived')
  const troubled = served.filter((site) => site.state !== 'active' || site.probe?.ok === false)
  return (
    <HomeLines label={t('home.health')}>
      <Sites count={served.length} up={served.length - troubled.length} />
      {troubled.map((site) => (
        <HomeLine key={site.id} badge={<SiteState site={site} />}>
          <TextLink to={paths.site(site.id)}>{site.name}</TextLink>
        </HomeLine>
      ))}
      <Backups sites={served} />
      {isOperator && <Benches />}
      {isOperator && <PlatformHealth />}
      <Authority />
    </HomeLines>
  )
}

function Sites({ count, up }: { count: number; up: number }) {
  const { t } = useTranslation()
  if (count === 0)
    return <HomeLine badge={<StateBadge tone="idle" label={t('home.nothing')} />}>{t('home.noSites')}</HomeLine>
  return <HomeLine badge={<Overall isWell={up === count} />}>{t('home.sitesUp', { count, up })}</HomeLine>
}

function Backups({ sites }: { sites: readonly Site[] }) {
  const { t } = useTranslation()
  if (sites.length === 0) return null
  const safe = sites.filter(({ lastVerifiedBackupAt: at }) => at !== null && !isOverdue(at, Date.now())).length
  return (
    <HomeLine badge={<Overall isWell={sitesWithoutBackup(sites, Date.now()).length === 0} />}>
      <TextLink to={paths.sites()}>{t('home.backedUp', { count: sites.length, safe })}</TextLink>
    </HomeLine>
  )
}

function Benches() {
  const { t } = useTranslation()
  const benches = useQuery(benchesQuery).data?.items
  if (!benches) return null
  const up = benches.filter((bench) => bench.state === 'active').length
  return (
    <HomeLine badge={<Overall isWell={up === benches.length} />}>
      <TextLink to={paths.servers()}>{t('home.benchesUp', { count: benches.length, up })}</TextLink>
    </HomeLine>
  )
}

function Authority() {
  const { t } = useTranslation()
  const format = useFormat()
  const authority = useQuery(authorityQuery).data
  if (!authority) return null
  const isValid = new Date(authority.notAfter).getTime() > Date.now()
  return (
    <HomeLine badge={<Overall isWell={isValid} />}>
      <TextLink to={paths.certificate()}>{t('home.authority', { date: format.date(authority.notAfter) })}</TextLink>
    </HomeLine>
  )
}

function Overall({ isWell }: { isWell: boolean }) {
  const { t } = useTranslation()
  return <StateBadge tone={isWell ? 'ok' : 'warn'} label={t(isWell ? 'home.well' : 'home.needsLook')} />
}
