import { Alert, Group, Stack, Text } from '@mantine/core'
import {
  api,
  ActionButton,
  ApiCall,
  DataTable,
  EmptyState,
  Panel,
  ProblemAlert,
  QueryView,
  StateBadge,
  TimeAgo,
  type Tone,
} from '@platen/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reconciliationQuery } from '../../api/queries.ts'
import type { Difference, ReconciliationPlan, ReconciliationRun, StoredPlan } from '../../api/types.ts'

/** What is not as it should be, what was done about it, and the two buttons to look or repair at once. */
export function Reconciliation() {
  const { t } = useTranslation()
  const cache = useQueryClient()
  const run = useMutation({
    mutationFn: (dryRun: boolean) => api.send<ReconciliationRun>('POST', '/reconciliation/runs', { dryRun }),
    onSettled: () => cache.invalidateQueries({ queryKey: reconciliationQuery.queryKey }),
  })
  return (
    <Panel title={t('reconciliation.title')} description={t('reconciliation.text')}>
      <Stack>
        <Group>
          <ActionButton
            variant="default"
            label={t('reconciliation.check')}
            reason={null}
            loading={run.isPending && run.variables}
            onClick={() => run.mutate(true)}
          />
          <ActionButton
            label={t('reconciliation.repair')}
            reason={null}
            loading={run.isPending && !run.variables}
            onClick={() => run.mutate(false)}
          />
        </Group>
        <ProblemAlert error={run.error} />
        {run.data && (
          <Alert
            title={t(run.data.dryRun ? 'reconciliation.checkedResult' : 'reconciliation.repairedResult')}
            withCloseButton
            onClose={() => run.reset()}
          >
            <Plans plans={run.data.plans} />
          </Alert>
        )}
        <QueryView query={useQuery(reconciliationQuery)}>{({ items }) => <LastPlans plans={items} />}</QueryView>
        <ApiCall method="POST" path="/reconciliation/runs" body={{ dryRun: true }} />
      </Stack>
    </Panel>
  )
}

function LastPlans({ plans }: { plans: StoredPlan[] }) {
  const { t } = useTranslation()
  if (plans.length === 0) {
    return <EmptyState title={t('reconciliation.never')}>{t('reconciliation.neverText')}</EmptyState>
  }
  const repairs = plans.filter(({ repairs: found }) => found.length > 0)
  return (
    <Stack>
      <Plans plans={plans} />
      {repairs.length > 0 && (
        <>
          <Text fw={600}>{t('reconciliation.lastRepairs')}</Text>
          <Differences
            label={t('reconciliation.lastRepairs')}
            differences={repairs.flatMap(({ repairs: found }) => found)}
          />
        </>
      )}
    </Stack>
  )
}

function Plans({ plans }: { plans: ReconciliationPlan[] }) {
  const { t } = useTranslation()
  const differences = plans.flatMap((plan) => plan.differences)
  const failed = plans.filter(({ error }) => error !== null)
  const last = plans
    .map(({ ranAt }) => ranAt)
    .toSorted()
    .at(-1)
  return (
    <Stack>
      {failed.map(({ scope, error }) => (
        <Alert key={scope} color="red">
          {t('reconciliation.notCompared', { scope: t(`reconciliation.scope.${scope}`), error })}
        </Alert>
      ))}
      {differences.length > 0 && <Differences label={t('reconciliation.title')} differences={differences} />}
      {differences.length === 0 && failed.length === 0 && (
        <EmptyState title={t('reconciliation.well')}>
          {last !== undefined && (
            <>
              {t('reconciliation.wellText')} <TimeAgo iso={last} />
            </>
          )}
        </EmptyState>
      )}
    </Stack>
  )
}

const tones: Readonly<Record<Difference['outcome'], Tone>> = {
  planned: 'work',
  waiting: 'idle',
  repaired: 'ok',
  settled: 'ok',
  failed: 'bad',
  reported: 'warn',
}

function Differences({ label, differences }: { label: string; differences: Difference[] }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={label}
      rows={differences}
      rowKey={({ kind, subject }) => `${kind} ${subject.id}`}
      columns={[
        {
          key: 'what',
          header: t('reconciliation.what'),
          render: ({ kind, detail, message }) => (
            <>
              <Text fw={600}>{t(`reconciliation.kind.${kind}`, { defaultValue: kind })}</Text>
              <Text size="sm" c="dimmed">
                {[detail, message].filter((text) => text !== null).join(' ')}
              </Text>
            </>
          ),
        },
        { key: 'subject', header: t('reconciliation.subject'), render: ({ subject }) => subject.label },
        {
          key: 'remedy',
          header: t('reconciliation.remedy'),
          secondary: true,
          render: ({ remedy }) => t(`reconciliation.remedyOf.${remedy ?? 'none'}`),
        },
        {
          key: 'since',
          header: t('reconciliation.since'),
          secondary: true,
          render: ({ firstSeenAt }) => <TimeAgo iso={firstSeenAt} />,
        },
        {
          key: 'outcome',
          header: t('reconciliation.outcome'),
          render: ({ outcome }) => (
            <StateBadge tone={tones[outcome]} label={t(`reconciliation.outcomeOf.${outcome}`)} />
          ),
        },
      ]}
    />
  )
}
