import { listQuery } from '@platen/ui'
import type { Job } from '../api/types.ts'

/** What runs in the background, newest first; read again quickly while something does. */
export const jobsQuery = (state: string) =>
  listQuery<Job>({
    key: ['jobs'],
    path: '/jobs',
    parameters: { 'filter[state]': state },
    refetchInterval: (jobs) => (jobs.some((job) => job.state === 'queued' || job.state === 'running') ? 1500 : 10_000),
  })
