import type { Command } from 'commander'
import type { Job } from '../../openapi/manager.ts'
import { askApi } from './ask-api.ts'
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
      withContext(async (context: Context, options: { state?: Job['state']; name?: string }) => {
        const query = {
          ...(options.state === undefined ? {} : { 'filter[state]': options.state }),
          ...(options.name === undefined ? {} : { 'filter[name]': options.name }),
        }
        const page = await askApi(context, 'GET /jobs', { query })
        context.output.show(page, () =>
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

  for (const { name, operation, description } of acts)
    job
      .command(`${name} <id>`)
      .description(description)
      .action(
        withContext(async (context: Context, id: string) => {
          const found = await askApi(context, operation, { path: { id } })
          context.output.show(found, () => describe(found))
        }),
      )
}

const acts = [
  { name: 'show', operation: 'GET /jobs/{id}', description: 'show a job: how far it is, its last error, its file' },
  { name: 'retry', operation: 'POST /jobs/{id}/retries', description: 'queue a failed job again' },
  {
    name: 'discard',
    operation: 'DELETE /jobs/{id}',
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
