import { Progress, Text } from '@mantine/core'
import { EmptyState, ListView, StateBadge, TimeAgo } from '@platen/ui'
import type { Tone } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Job, JobState } from '../api/types.ts'
import { JobActions } from './job-actions.tsx'
import { jobsQuery } from './job-queries.ts'

export function JobsTable({ state }: { state: string }) {
  const { t } = useTranslation()
  return (
    <ListView
      query={useInfiniteQuery(jobsQuery(state))}
      label={t('jobs.title')}
      rowKey={(job) => job.id}
      empty={
        state === '' ? (
          <EmptyState title={t('jobs.none')}>{t('jobs.noneText')}</EmptyState>
        ) : (
          <EmptyState title={t('jobs.noneLikeThis')} />
        )
      }
      columns={[
        { key: 'what', header: t('jobs.what'), render: (job) => <What job={job} /> },
        { key: 'state', header: t('jobs.state'), render: (job) => <State job={job} /> },
        {
          key: 'attempts',
          header: t('jobs.attempts'),
          secondary: true,
          align: 'right',
          render: ({ attempts, maxAttempts }) => t('jobs.attemptsOf', { attempts, max: maxAttempts }),
        },
        {
          key: 'asked',
          header: t('jobs.asked'),
          secondary: true,
          render: ({ createdAt }) => <TimeAgo iso={createdAt} />,
        },
        { key: 'actions', header: t('jobs.actions'), align: 'right', render: (job) => <JobActions job={job} /> },
      ]}
    />
  )
}

function What({ job }: { job: Job }) {
  const { t } = useTranslation()
  return (
    <>
      <Text fw={600}>{t(`jobName.${job.name}`, { defaultValue: job.name })}</Text>
      {job.lastError !== null && job.state !== 'succeeded' && (
        <Text size="sm" c="dimmed" lineClamp={2} title={job.lastError}>
          {job.lastError}
        </Text>
      )}
    </>
  )
}

const tones: Record<JobState, Tone> = {
  queued: 'idle',
  running: 'work',
  succeeded: 'ok',
  failed: 'bad',
  discarded: 'idle',
}

function State({ job: { state, progress, progressText, runAt, attempts } }: { job: Job }) {
  const { t } = useTranslation()
  return (
    <>
      <StateBadge tone={tones[state]} label={t(`jobState.${state}`)} />
      {state === 'running' && (
        <Progress mt={6} w={120} value={progress * 100} aria-label={progressText ?? t('jobs.progress')} />
      )}
      {state === 'queued' && attempts > 0 && (
        <Text size="sm" c="dimmed">
          {t('jobs.again')} <TimeAgo iso={runAt} />
        </Text>
      )}
    </>
  )
}
