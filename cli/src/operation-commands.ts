import type { Command } from 'commander'
import type { Operation, Page } from './api-types.ts'
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
      withContext(async ({ client, session, output }: Context, options: { site?: string }) => {
        const query = options.site === undefined ? '' : `?filter[subject]=${encodeURIComponent(options.site)}`
        const { body } = await client.call({
          method: 'GET',
          path: `/operations${query}`,
          accessToken: await session.accessToken(),
        })
        const page = body as Page<Operation> // contract of GET /operations
        output.show(page, () =>
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
        const { client, session, output } = context
        const path = `/operations/${encodeURIComponent(id)}`
        const found = (await client.call({ method: 'GET', path, accessToken: await session.accessToken() }))
          .body as Operation // contract
        const last = options.follow === true && !ended.has(found.state) ? await followOperation(context, found) : found
        output.show(last, () => describe(last))
        failUnlessFine(last)
      }),
    )

  addActs(operation, withContext)
}

const acts = [
  { name: 'cancel', method: 'PUT', path: 'cancellation', description: 'stop an operation and undo what it did' },
  { name: 'retry', method: 'POST', path: 'retries', description: 'ask for a failed one again, or try a waiting one now' },
  { name: 'undo', method: 'POST', path: 'reversals', description: 'take back one that has succeeded' },
] as const // prettier-ignore

function addActs(operation: Command, withContext: WithContext): void {
  for (const { name, method, path, description } of acts) {
    operation
      .command(`${name} <id>`)
      .description(description)
      .option('--no-wait', 'answer as soon as it has begun')
      .action(
        withContext(async (context: Context, id: string, { wait }: { wait: boolean }) => {
          const { client, session, output } = context
          const accessToken = await session.accessToken()
          const { body } = await client.call({
            method,
            path: `/operations/${encodeURIComponent(id)}/${path}`,
            accessToken,
          })
          const begun =
            'operation' in (body as object) ? (body as { operation: Operation }).operation : (body as Operation) // contracts
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
    method: 'GET',
    path: `/operations/${begun.id}/events`,
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
