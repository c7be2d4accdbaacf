import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import type { AlertWebhook } from '../../openapi/manager.ts'
import { askApi } from './ask-api.ts'
import type { Context, WithContext } from './context.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { state, table } from './print.ts'

/** One attempt takes ten seconds at most, and a job begins within two. */
const testWaitMs = 20_000
const pollMs = 250

export function addWebhookCommands(alert: Command, withContext: WithContext): void {
  const webhook = alert.command('webhook').description('programs that alerts are sent to')

  webhook
    .command('list')
    .description('list webhooks, and how the last delivery went')
    .action(
      withContext(async (context: Context) => {
        const page = await listWebhooks(context)
        context.output.show(page, () => webhookLines(page.items))
      }),
    )

  webhook
    .command('add <url>')
    .description('send alerts to this URL; shows once the secret that signs them')
    .option('--unsigned', 'send without a signature')
    .action(withContext(add))

  webhook
    .command('remove <url>')
    .description('send alerts there no longer (URL or id)')
    .action(
      withContext(async (context: Context, given: string) => {
        const { id, url } = await findWebhook(context, given)
        await askApi(context, 'DELETE /alert-webhooks/{id}', { path: { id } })
        context.output.show({ removed: id }, () => [`Alerts are sent to ${url} no longer.`])
      }),
    )

  webhook
    .command('test <url>')
    .description('send a test there (URL or id), and tell how it went')
    .action(withContext(test))
}

async function add(context: Context, url: string, options: { unsigned?: boolean }): Promise<void> {
  const added = await askApi(context, 'POST /alert-webhooks', { body: { url, signed: options.unsigned !== true } })
  context.output.show(added, () => [
    `Alerts are sent to ${added.webhook.url}. Try it: npx platen alert webhook test ${added.webhook.id}`,
    ...(added.secret === null ? [] : [`Secret that signs them, shown only now: ${added.secret}`]),
  ])
}

async function test(context: Context, given: string): Promise<void> {
  const { id, url, lastDelivery: before } = await findWebhook(context, given)
  await askApi(context, 'POST /alert-webhooks/{id}/tests', { path: { id } })
  const deadline = performance.now() + testWaitMs
  let found: AlertWebhook | undefined
  do {
    await pause(pollMs)
    found = (await listWebhooks(context)).items.find((webhook) => webhook.id === id)
  } while (found?.lastDelivery?.at === before?.at && performance.now() < deadline)
  const last = found?.lastDelivery ?? null
  if (last === null || last.at === before?.at)
    throw new CommandFailure(exitCodes.operationFailed, 'Nothing was heard of the test. Is a worker running?')
  context.output.show(last, () => [`${url}: ${state(last.state)}  ${last.detail}`])
  if (last.state !== 'delivered')
    throw new CommandFailure(exitCodes.operationFailed, 'The test was not delivered: see the detail.')
}

async function findWebhook(context: Context, given: string): Promise<AlertWebhook> {
  const { items } = await listWebhooks(context)
  // As the platform keeps it: with the slash that a bare host ends in.
  const url = URL.parse(given)?.href
  const found = items.find((webhook) => webhook.id === given || webhook.url === url)
  if (found !== undefined) return found
  throw new CommandFailure(
    exitCodes.refused,
    `No webhook is "${given}". Nothing was changed. List them: npx platen alert webhook list`,
  )
}

const listWebhooks = (context: Context) => askApi(context, 'GET /alert-webhooks')

export const webhookLines = (webhooks: readonly AlertWebhook[]): string[] =>
  webhooks.length === 0
    ? ['No webhook. Add one: npx platen alert webhook add <url>']
    : table(
        ['ID', 'URL', 'SIGNED', 'LAST DELIVERY', 'AT', 'DETAIL'],
        webhooks.map(({ id, url, signed, lastDelivery: last }) => [
          id,
          url,
          signed ? 'yes' : 'no',
          last === null ? '-' : state(last.state),
          last?.at ?? '-',
          last?.detail ?? '',
        ]),
      )
