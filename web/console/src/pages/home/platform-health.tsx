import { StateBadge, TextLink } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { diagnosisQuery } from '../../api/platform.ts'
import { checkTone, worstFirst } from '../../diagnosis/checks.ts'
import { useCheckName } from '../../diagnosis/use-check-name.ts'
import { paths } from '../../paths.ts'
import { HomeLine } from './home-line.tsx'
import classes from './home-lines.module.css'

/** What the platform finds about itself: every trouble by name, what is well in one line. */
export function PlatformHealth() {
  const { t } = useTranslation()
  const nameOf = useCheckName()
  const checks = useQuery(diagnosisQuery).data?.checks
  if (!checks) return null
  const well = checks.filter(({ ok }) => ok)
  return (
    <>
      {worstFirst(checks)
        .filter(({ ok }) => !ok)
        .map((check) => (
          <HomeLine
            key={check.name}
            badge={<StateBadge tone={checkTone(check)} label={t(`alertSeverity.${check.severity}`)} />}
          >
            <TextLink to={paths.diagnosis()}>{nameOf(check.name)}</TextLink>
            <span className={classes.text}>{check.detail}</span>
          </HomeLine>
        ))}
      {well.length > 0 && (
        <HomeLine badge={<StateBadge tone="ok" label={t('home.well')} />}>
          <TextLink to={paths.diagnosis()}>{well.map(({ name }) => nameOf(name)).join(', ')}</TextLink>
        </HomeLine>
      )}
    </>
  )
}
