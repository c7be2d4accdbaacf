import { TextLink } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { IconAlertOctagon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { alertTitle } from '../alerts/alert-title.ts'
import { alertsQuery } from '../api/queries.ts'
import { paths } from '../paths.ts'
import classes from './alert-banner.module.css'

/** On every page while a critical alert is open that nobody takes care of. */
export function AlertBanner() {
  const { t } = useTranslation()
  const open = useInfiniteQuery(alertsQuery('open')).data?.pages.flatMap((page) => page.items) ?? []
  const urgent = open.filter((alert) => alert.severity === 'critical' && alert.acknowledgement === null)
  const first = urgent[0]
  if (first === undefined) return <div role="status" />
  return (
    <div role="status" className={classes.banner}>
      <IconAlertOctagon size={18} aria-hidden="true" />
      <span className={classes.text}>
        {alertTitle(t, first)}: {first.subject.label}
        {urgent.length > 1 && ` ${t('alerts.andMore', { count: urgent.length - 1 })}`}
      </span>
      <TextLink to={paths.alerts()} className={classes.link}>
        {t('alerts.show')}
      </TextLink>
    </div>
  )
}
