import { StateBadge, TextLink, useFormat } from '@platen/ui'
import type { Tone } from '@platen/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ReactNode } from 'react'
import { authorityQuery, benchesQuery, isOver, operationsQuery } from '../../api/queries.ts'
import type { Site } from '../../api/types.ts'
import { OperationState } from '../../operations/operation-state.tsx'
import { useOperationTitle } from '../../operations/use-operation-title.ts'
import { paths } from '../../paths.ts'
import { SiteState } from '../../sites/site-state.tsx'
import classes from './health.module.css'

/** How things are, worst first in each line; every line leads to where it can be looked into. */
export function Health({ sites, isOperator }: { sites: readonly Site[]; isOperator: boolean }) {
  const { t } = useTranslation()
  const title = useOperationTitle()
  const running = (useInfiniteQuery(operationsQuery()).data?.pages[0]?.items ?? []).filter(
    (operation) => !isOver(operation),
  )
  const troubled = sites.filter((site) => site.state !== 'active' || site.probe?.ok === false)
  return (
    <ul className={classes.list}>
      <Sites sites={sites} troubled={troubled} />
      {troubled.map((site) => (
        <Line key={site.id} badge={<SiteState site={site} />}>
          <TextLink to={paths.site(site.id)}>{site.name}</TextLink>
        </Line>
      ))}
      {running.map((operation) => (
        <Line key={operation.id} badge={<OperationState state={operation.state} />}>
          <TextLink to={paths.operation(operation.id)}>{title(operation)}</TextLink>
        </Line>
      ))}
      {isOperator && <Benches />}
      <Line badge={<StateBadge tone="idle" label={t('home.unknown')} />}>{t('home.noBackups')}</Line>
      <Authority />
    </ul>
  )
}

function Sites({ sites, troubled }: { sites: readonly Site[]; troubled: readonly Site[] }) {
  const { t } = useTranslation()
  const up = sites.length - troubled.length
  if (sites.length === 0)
    return <Line badge={<StateBadge tone="idle" label={t('home.nothing')} />}>{t('home.noSites')}</Line>
  return (
    <Line badge={<Overall isWell={troubled.length === 0} />}>{t('home.sitesUp', { count: sites.length, up })}</Line>
  )
}

function Benches() {
  const { t } = useTranslation()
  const benches = useQuery(benchesQuery).data?.items
  if (!benches) return null
  const up = benches.filter((bench) => bench.state === 'active').length
  return (
    <Line badge={<Overall isWell={up === benches.length} />}>
      <TextLink to={paths.servers()}>{t('home.benchesUp', { count: benches.length, up })}</TextLink>
    </Line>
  )
}

function Authority() {
  const { t } = useTranslation()
  const format = useFormat()
  const authority = useQuery(authorityQuery).data
  if (!authority) return null
  const isValid = new Date(authority.notAfter).getTime() > Date.now()
  return (
    <Line badge={<Overall isWell={isValid} />}>
      <TextLink to={paths.certificate()}>{t('home.authority', { date: format.date(authority.notAfter) })}</TextLink>
    </Line>
  )
}

function Overall({ isWell }: { isWell: boolean }) {
  const { t } = useTranslation()
  const tone: Tone = isWell ? 'ok' : 'warn'
  return <StateBadge tone={tone} label={t(isWell ? 'home.well' : 'home.look')} />
}

function Line({ badge, children }: { badge: ReactNode; children: ReactNode }) {
  return (
    <li className={classes.line}>
      <span className={classes.badge}>{badge}</span>
      <span>{children}</span>
    </li>
  )
}
