import { StateBadge, TextLink } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { diagnosisQuery } from '../../api/platform.ts'
import type { Check } from '../../api/platform.ts'
import { checkTone, worstFirst } from '../../diagnosis/checks.ts'
import { useCheckName } from '../../diagnosis/use-check-name.ts'
import { paths } from '../../paths.ts'
import { HomeLine } from './home-line.tsx'
import classes from './home-lines.module.css'

/** What is told one by one even while it is well: what every site stands on. */
const pillars = ['control-plane', 'site-databases', 'edge', 'disk']

/** What the platform finds about itself: every trouble, the pillars, and the rest in one line. */
export function PlatformHealth() {
  const { t } = useTranslation()
  // Open alerts are told above.
  const checks = useQuery(diagnosisQuery).data?.checks.filter(({ name }) => name !== 'alerts')
  if (!checks) return null
  const shown = worstFirst(checks).filter(({ name, ok }) => !ok || pillars.includes(name))
  const rest = checks.length - shown.length
  return (
    <>
      {shown.map((check) => (
        <CheckLine key={check.name} check={check} />
      ))}
      {rest > 0 && (
        <HomeLine badge={<StateBadge tone="ok" label={t('home.well')} />}>
          <TextLink to={paths.diagnosis()}>{t('home.otherChecks', { count: rest })}</TextLink>
        </HomeLine>
      )}
    </>
  )
}

function CheckLine({ check }: { check: Check }) {
  const { t } = useTranslation()
  const nameOf = useCheckName()
  const label = t(check.ok ? 'home.well' : `alertSeverity.${check.severity}`)
  return (
    <HomeLine badge={<StateBadge tone={checkTone(check)} label={label} />}>
      <TextLink to={paths.diagnosis()}>{nameOf(check.name)}</TextLink>
      <span className={classes.text}>{check.detail}</span>
    </HomeLine>
  )
}
