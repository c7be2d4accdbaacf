import type { Command } from 'commander'
import type { DeadLetter, Page } from './api-types.ts'
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
      withContext(async ({ client, session, output }: Context) => {
        const { body } = await client.call({
          method: 'GET',
          path: '/dead-letters?limit=200',
          accessToken: await session.accessToken(),
        })
        const page = body as Page<DeadLetter> // contract of GET /dead-letters
        output.show(page, () => (page.items.length === 0 ? ['No dead letter.'] : linesOf(page.items)))
      }),
    )

  event
    .command('replay')
    .description('try a dead letter again now; what waits behind it follows')
    .argument('<event-id>', 'as the list shows it')
    .option('--handler <name>', 'of this handler only')
    .action(
      withContext(async ({ client, session, output }: Context, eventId: string, { handler }: Chosen) => {
        const { body } = await client.call({
          method: 'POST',
          path: `${pathOf(eventId)}/replays${queryOf(handler)}`,
          accessToken: await session.accessToken(),
        })
        const { handlers } = body as { handlers: string[] } // contract of POST /dead-letters/{eventId}/replays
        output.show(body, () => [`Tried again: ${handlers.join(', ')}.`])
      }),
    )

  event
    .command('discard')
    .description('give a dead letter up for good; what waits behind it follows')
    .argument('<event-id>', 'as the list shows it')
    .option('--handler <name>', 'of this handler only')
    .action(
      withContext(async ({ client, session, output }: Context, eventId: string, { handler }: Chosen) => {
        await client.call({
          method: 'DELETE',
          path: `${pathOf(eventId)}${queryOf(handler)}`,
          accessToken: await session.accessToken(),
        })
        output.show({ eventId, discarded: true }, () => ['Discarded.'])
      }),
    )
}

const pathOf = (eventId: string): string => `/dead-letters/${encodeURIComponent(eventId)}`
const queryOf = (handler: string | undefined): string =>
  handler === undefined ? '' : `?handler=${encodeURIComponent(handler)}`

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
