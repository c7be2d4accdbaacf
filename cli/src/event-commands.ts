import type { Command } from 'commander'
import type { DeadLetter } from '../../openapi/manager.ts'
import { askApi } from './ask-api.ts'
import type { Context, WithContext } from './context.ts'
import { table } from './print.ts'

interface Chosen {
  handler?: string
}

export function addEventCommands(program: Command, withContext: WithContext): void {
  const event = program.command('event').description('events of the control plane that could not be delivered')

  event
    .command('dead-letters')
    .description('list deliveries that were given up after too many attempts, oldest first')
    .action(
      withContext(async (context: Context) => {
        const page = await askApi(context, 'GET /dead-letters', { query: { limit: '200' } })
        context.output.show(page, () => (page.items.length === 0 ? ['No dead letter.'] : linesOf(page.items)))
      }),
    )

  event
    .command('replay')
    .description('try a dead letter again now; what waits behind it follows')
    .argument('<event-id>', 'as the list shows it')
    .option('--handler <name>', 'of this handler only')
    .action(
      withContext(async (context: Context, eventId: string, query: Chosen) => {
        const answer = await askApi(context, 'POST /dead-letters/{eventId}/replays', { path: { eventId }, query })
        context.output.show(answer, () => [`Tried again: ${answer.handlers.join(', ')}.`])
      }),
    )

  event
    .command('discard')
    .description('give a dead letter up for good; what waits behind it follows')
    .argument('<event-id>', 'as the list shows it')
    .option('--handler <name>', 'of this handler only')
    .action(
      withContext(async (context: Context, eventId: string, query: Chosen) => {
        await askApi(context, 'DELETE /dead-letters/{eventId}', { path: { eventId }, query })
        context.output.show({ eventId, discarded: true }, () => ['Discarded.'])
      }),
    )
}

const linesOf = (letters: readonly DeadLetter[]): string[] =>
  table(
    ['EVENT', 'TYPE', 'HANDLER', 'SINCE', 'ATTEMPTS', 'WAITING BEHIND', 'LAST ERROR'],
    letters.map((letter) => [
      letter.eventId,
      letter.type,
      letter.handler,
      letter.occurredAt,
      String(letter.attempts),
      String(letter.heldBack),
      letter.lastError?.split('\n')[0] ?? '',
    ]),
  )
