import { ButtonLink, StateBadge, TextLink } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { AlertSeverity } from '../../alerts/alert-severity.tsx'
import { alertAdvice, alertTitle } from '../../alerts/alert-title.ts'
import { alertsQuery } from '../../api/queries.ts'
import type { Alert, Operation, Site } from '../../api/types.ts'
import { LastVerifiedBackup } from '../../backups/last-verified-backup.tsx'
import { OperationState } from '../../operations/operation-state.tsx'
import { useOperationTitle } from '../../operations/use-operation-title.ts'
import { paths } from '../../paths.ts'
import { operationsInTrouble, sitesWithoutBackup } from './attention.ts'
import { HomeLine, HomeLines } from './home-line.tsx'
import classes from './home-lines.module.css'

interface AttentionProps {
  sites: readonly Site[]
  operations: readonly Operation[]
  isOperator: boolean
}

/** What waits for a person: alerts first, then work that failed, then sites that nobody could bring back. */
export function Attention({ sites, operations, isOperator }: AttentionProps) {
  const { t } = useTranslation()
  const alerts = useOpenAlerts(isOperator)
  const told = new Set(alerts.map(({ subject }) => subject.id))
  const failed = operationsInTrouble(operations, Date.now()).filter(({ id }) => !told.has(id))
  const unsafe = sitesWithoutBackup(sites, Date.now()).filter(({ id }) => !isToldOf(alerts, id))
  if (alerts.length + failed.length + unsafe.length === 0) {
    return (
      <HomeLines label={t('home.attention')}>
        <HomeLine badge={<StateBadge tone="ok" label={t('home.well')} />}>{t('home.nothingWaits')}</HomeLine>
      </HomeLines>
    )
  }
  return (
    <HomeLines label={t('home.attention')}>
      {alerts.map((alert) => (
        <AlertLine key={alert.id} alert={alert} />
      ))}
      {failed.map((operation) => (
        <OperationLine key={operation.id} operation={operation} />
      ))}
      {unsafe.map((site) => (
        <SiteLine key={site.id} site={site} />
      ))}
    </HomeLines>
  )
}

const ranks = { critical: 0, warning: 1, info: 2 } as const

function useOpenAlerts(isOperator: boolean): Alert[] {
  const open = useInfiniteQuery({ ...alertsQuery('open'), enabled: isOperator }).data?.pages ?? []
  return open
    .flatMap((page) => page.items)
    .filter(({ acknowledgement }) => acknowledgement === null)
    .toSorted((one, other) => ranks[one.severity] - ranks[other.severity])
}

const isToldOf = (alerts: readonly Alert[], siteId: string): boolean =>
  alerts.some(({ kind, subject }) => kind.startsWith('backup-') && subject.id === siteId)

function AlertLine({ alert }: { alert: Alert }) {
  const { t } = useTranslation()
  return (
    <HomeLine
      badge={<AlertSeverity severity={alert.severity} />}
      action={
        <ButtonLink to={paths.alerts()} variant="default" size="xs">
          {t('home.look')}
        </ButtonLink>
      }
    >
      {alertTitle(t, alert)}: {alert.subject.label}
      <span className={classes.text}>{alertAdvice(t, alert)}</span>
    </HomeLine>
  )
}

function OperationLine({ operation }: { operation: Operation }) {
  const { t } = useTranslation()
  const title = useOperationTitle()
  return (
    <HomeLine
      badge={<OperationState state={operation.state} />}
      action={
        <ButtonLink to={paths.operation(operation.id)} variant="default" size="xs">
          {t('home.look')}
        </ButtonLink>
      }
    >
      {title(operation)}
      <span className={classes.text}>
        {t(operation.state === 'failed' ? 'operations.unwound' : 'operations.stuck')}
      </span>
    </HomeLine>
  )
}

function SiteLine({ site }: { site: Site }) {
  const { t } = useTranslation()
  return (
    <HomeLine
      badge={<LastVerifiedBackup site={site} />}
      action={
        <ButtonLink to={paths.siteBackups(site.id)} variant="default" size="xs">
          {t('backups.title')}
        </ButtonLink>
      }
    >
      <TextLink to={paths.site(site.id)}>{site.name}</TextLink>
      <span className={classes.text}>{t('home.unsafe')}</span>
    </HomeLine>
  )
}
