import type { JobContext } from '../index.ts'

/** What a test gives to `job.execute` where no worker runs it. */
export const aJobContext = <Deps>(deps: Deps, some: Partial<JobContext<Deps>> = {}): JobContext<Deps> => ({
  jobId: '01990000-0000-7000-8000-000000000001',
  tenantId: null,
  requestedBy: null,
  attempt: 1,
  deps,
  signal: new AbortController().signal,
  progress: () => undefined,
  ...some,
})
