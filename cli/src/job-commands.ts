import type { Command } from 'commander'
import type { Job, Page } from './api-types.ts'
import type { Context, WithContext } from './context.ts'
import { paint, state, table } from './print.ts'

export function addJobCommands(program: Command, withContext: WithContext): void {
  const job = program.command('job').description('background jobs: mails, reports and what the clock asks for')

  job
    .command('list')
    .description('list jobs, newest first')
    .option('--state <state>', 'only queued, running, succeeded, failed or discarded ones')
    .option('--name <name>', 'only those of one name')
    .action(
      withContext(async ({ client, session, output }: Context, options: { state?: string; name?: string }) => {
        const query = new URLSearchParams()
        if (options.state !== undefined) query.set('filter[state]', options.state)
        if (options.name !== undefined) query.set('filter[name]', options.name)
        const { body } = await client.call({
          method: 'GET',
          path: `/jobs${query.size === 0 ? '' : `?${query}`}`,
          accessToken: await session.accessToken(),
        })
        const page = body as Page<Job> // contract of GET /jobs
        output.show(page, () =>
          table(
            ['ID', 'NAME', 'STATE', 'TRIED', 'CREATED', 'LAST ERROR'],
            page.items.map((item) => [
              item.id,
              item.name,
              state(item.state),
              String(item.attempts),
              item.createdAt,
              (item.lastError ?? '').slice(0, 60),
            ]),
          ),
        )
      }),
    )

  for (const { name, method, path, description } of acts)
    job
      .command(`${name} <id>`)
      .description(description)
      .action(
        withContext(async ({ client, session, output }: Context, id: string) => {
          const { body } = await client.call({
            method,
            path: `/jobs/${encodeURIComponent(id)}${path}`,
            accessToken: await session.accessToken(),
          })
          const found = body as Job // contract: each answers the job
          output.show(found, () => describe(found))
        }),
      )
}

const acts = [
  { name: 'show', method: 'GET', path: '', description: 'show a job: how far it is, its last error, its file' },
  { name: 'retry', method: 'POST', path: '/retries', description: 'queue a failed job again' },
  {
    name: 'discard',
    method: 'DELETE',
    path: '',
    description: 'give up a job that waits or has failed; stop one that runs',
  },
] as const

function describe(job: Job): string[] {
  const progress = job.state === 'running' ? ` ${Math.round(job.progress * 100)} % ${job.progressText ?? ''}` : ''
  return [
    `${job.name}: ${state(job.state)}${progress}`.trimEnd(),
    `  queue ${job.queue}, tried ${job.attempts} of ${job.maxAttempts} times`,
    ...(job.state === 'queued' ? [`  due ${job.runAt}`] : []),
    ...(job.endedAt === null ? [] : [`  ended ${job.endedAt}`]),
    ...(job.lastError === null ? [] : [`  ${paint('red', job.lastError)}`]),
    ...(job.file === null
      ? []
      : [`  ${job.file.rows} rows, for ${job.file.expiresInSeconds / 60} minutes at:`, `  ${job.file.url}`]),
  ]
}
