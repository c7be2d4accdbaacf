import type { Command } from 'commander'
import type { Operation } from '../../openapi/manager.ts'
import { requestOf } from '../../openapi/client.ts'
import { askApi } from './ask-api.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { paint, state, table } from './print.ts'
import type { Context, WithContext } from './context.ts'

const ended = new Set(['succeeded', 'failed', 'cancelled'])

export function addOperationCommands(program: Command, withContext: WithContext): void {
  const operation = program.command('operation').description('what runs on the platform, step by step')

  operation
    .command('list')
    .description('list operations, newest first')
    .option('--site <id>', 'only those of one site')
    .action(
      withContext(async (context: Context, { site = '' }: { site?: string }) => {
        const page = await askApi(context, 'GET /operations', { query: { 'filter[subject]': site } })
        context.output.show(page, () =>
          table(
            ['ID', 'TYPE', 'SUBJECT', 'STATE', 'BEGUN'],
            page.items.map((item) => [
              item.id,
              item.type,
              item.subject.label ?? item.subject.id,
              state(item.state),
              item.createdAt,
            ]),
          ),
        )
      }),
    )

  operation
    .command('show <id>')
    .description('show an operation with its steps')
    .option('-f, --follow', 'go on until it ends')
    .action(
      withContext(async (context: Context, id: string, options: { follow?: boolean }) => {
        const { output } = context
        const found = await askApi(context, 'GET /operations/{id}', { path: { id } })
        const last = options.follow === true && !ended.has(found.state) ? await followOperation(context, found) : found
        output.show(last, () => describe(last))
        failUnlessFine(last)
      }),
    )

  addActs(operation, withContext)
}

const acts = [
  { name: 'cancel', operation: 'PUT /operations/{id}/cancellation', description: 'stop an operation and undo what it did' },
  { name: 'retry', operation: 'POST /operations/{id}/retries', description: 'ask for a failed one again, or try a waiting one now' },
  { name: 'undo', operation: 'POST /operations/{id}/reversals', description: 'take back one that has succeeded' },
] as const // prettier-ignore

function addActs(command: Command, withContext: WithContext): void {
  for (const { name, operation, description } of acts) {
    command
      .command(`${name} <id>`)
      .description(description)
      .option('--no-wait', 'answer as soon as it has begun')
      .action(
        withContext(async (context: Context, id: string, { wait }: { wait: boolean }) => {
          const { output } = context
          const answer = await askApi(context, operation, { path: { id } })
          const begun = 'operation' in answer ? answer.operation : answer
          const last = wait ? await followOperation(context, begun) : begun
          output.show(last, () => describe(last))
          if (name !== 'cancel') failUnlessFine(last)
        }),
      )
  }
}

/** Shows each step as it ends, and answers the operation as it ended. */
export async function followOperation({ client, session, output }: Context, begun: Operation): Promise<Operation> {
  const told = new Set<string>()
  let last = begun
  for await (const data of client.follow({
    ...requestOf('GET /operations/{id}/events', { path: { id: begun.id } }),
    accessToken: await session.accessToken(),
  })) {
    if (typeof data !== 'object' || data === null || !('steps' in data)) continue
    last = data as Operation // event: operation
    for (const step of last.steps) {
      const key = `${step.name} ${step.state} ${step.attempt}`
      if (told.has(key) || step.state === 'pending' || step.state === 'running') continue
      told.add(key)
      output.note(stepLine(step))
    }
  }
  return last
}

/** Exit code 5 for an operation that ended without success. */
export function failUnlessFine(operation: Operation): void {
  if (!ended.has(operation.state) || operation.state === 'succeeded') return
  const why = operation.problem === null ? '' : ` ${operation.problem.title}: ${operation.problem.detail}`
  throw new CommandFailure(
    exitCodes.operationFailed,
    `The operation ${operation.type} ended as ${operation.state}; what it had done was undone.${why}`,
  )
}

export const describe = (operation: Operation): string[] => [
  `${operation.type} on ${operation.subject.label ?? operation.subject.id}: ${state(operation.state)}`,
  ...operation.steps.map(stepLine),
  ...(operation.problem === null ? [] : [paint('red', `${operation.problem.title}: ${operation.problem.detail}`)]),
]

const marks: Record<string, string> = {
  succeeded: '✓',
  failed: '✗',
  running: '…',
  undone: '↩',
  undoing: '↩',
  skipped: '-',
  pending: '·',
}

function stepLine(step: Operation['steps'][number]): string {
  const took =
    step.startedAt !== null && step.endedAt !== null
      ? `${Date.parse(step.endedAt) - Date.parse(step.startedAt)} ms`
      : ''
  const problem = step.problem === null || step.state === 'succeeded' ? '' : ` ${step.problem.detail}`
  return `  ${marks[step.state] ?? '·'} ${step.name.padEnd(24)} ${took.padStart(8)}  ${step.state === 'succeeded' ? '' : state(step.state)}${problem}`.trimEnd()
}
