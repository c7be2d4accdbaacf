import { Button, Group, Text } from '@mantine/core'
import { ApiCall, CopyButton, Page, Panel, QueryView, StateBadge, useFormat } from '@platen/ui'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { diagnosisQuery } from '../../api/platform.ts'
import type { Check } from '../../api/platform.ts'
import { checkTone, diagnosisText, worstFirst } from '../../diagnosis/checks.ts'
import { useCheckName } from '../../diagnosis/use-check-name.ts'
import classes from './diagnosis-page.module.css'

/** What the platform finds when it looks at itself: the same as `platen doctor`, worst first, with what to do. */
export function DiagnosisPage() {
  const { t } = useTranslation()
  const query = useQuery(diagnosisQuery)
  return (
    <Page
      title={t('diagnosis.title')}
      description={t('diagnosis.intro')}
      action={
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          loading={query.isRefetching}
          onClick={() => void query.refetch()}
        >
          {t('diagnosis.again')}
        </Button>
      }
    >
      <QueryView query={query}>
        {({ checks }) => <Checks checks={worstFirst(checks)} checkedAt={query.dataUpdatedAt} />}
      </QueryView>
      <ApiCall method="GET" path="/diagnosis" />
    </Page>
  )
}

function Checks({ checks, checkedAt }: { checks: Check[]; checkedAt: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useCheckName()
  const troubles = checks.filter(({ ok }) => !ok).length
  const title = troubles === 0 ? t('diagnosis.allWell') : t('diagnosis.troubles', { count: troubles })
  const at = new Date(checkedAt).toISOString()
  return (
    <Panel
      title={title}
      description={t('diagnosis.checkedAt', { time: format.dateTime(at) })}
      action={<CopyButton text={diagnosisText(checks, at)} what={t('diagnosis.title')} />}
    >
      <ul className={classes.list} aria-label={t('diagnosis.title')}>
        {checks.map((check) => (
          <Line key={check.name} check={check} name={nameOf(check.name)} />
        ))}
      </ul>
    </Panel>
  )
}

function Line({ check, name }: { check: Check; name: string }) {
  const { t } = useTranslation()
  return (
    <li className={classes.line}>
      <Group className={classes.badge}>
        <StateBadge tone={checkTone(check)} label={t(check.ok ? 'home.well' : `alertSeverity.${check.severity}`)} />
      </Group>
      <div className={classes.words}>
        <Text fw={600}>{name}</Text>
        <Text size="sm" c="dimmed">
          {check.detail}
        </Text>
        {check.whatToDo !== null && (
          <Text size="sm" mt={4}>
            {t('alerts.whatToDo')} {check.whatToDo}
          </Text>
        )}
      </div>
    </li>
  )
}
