export {
  defineJob,
  FinalFailure,
  type JobContext,
  type JobDefinition,
  type JobResult,
  type RunnableJob,
} from './define-job.ts'
export { enqueueJob, type EnqueueOptions } from './enqueue-job.ts'
export { createJobRunner, type JobRunner, type JobRunnerOptions } from './job-runner.ts'
export { createJobWorker, type JobWorker, type JobWorkerOptions } from './job-worker.ts'
export { jobsMigrations, siteJobsMigrations } from './migrations.ts'
export { createNudgeRunner, type Nudge, type NudgeRunner } from './nudges/nudge-runner.ts'
export {
  clearResult,
  discardJob,
  jobList,
  jobStates,
  listJobs,
  readJob,
  retryJob,
  staleResults,
  type JobRow,
  type JobState,
} from './operate-jobs.ts'
export { jobProblems } from './problems.ts'
export { queues, type Queue } from './queues.ts'
export { createTimetable, type JobSchedule, type Timetable } from './scheduler.ts'
export { silentLog, type WorkerLog } from './worker-log.ts'
export { openWorkerPool, type WorkerPoolOptions } from './worker-pool.ts'
