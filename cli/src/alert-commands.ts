import { Option, type Command } from 'commander'
import type { Alert } from '../../openapi/manager.ts'
import { askApi } from './ask-api.ts'
import { state, table } from './print.ts'
import type { Context, WithContext } from './context.ts'
import { addWebhookCommands } from './webhook-commands.ts'

export function addAlertCommands(program: Command, withContext: WithContext): void {
  const alert = program.command('alert').description('what operators must know, and where it is told')

  alert
    .command('list')
    .description('list alerts with what to do, newest first')
    .addOption(new Option('--state <state>', 'which of them').choices(['open', 'resolved']).default('open'))
    .action(
      withContext(async (context: Context, options: { state: Alert['state'] }) => {
        const page = await askApi(context, 'GET /alerts', { query: { limit: '200', 'filter[state]': options.state } })
        context.output.show(page, () =>
          page.items.length === 0 ? [`No ${options.state} alert.`] : linesOf(page.items),
        )
      }),
    )
  addWebhookCommands(alert, withContext)
}

const linesOf = (alerts: readonly Alert[]): string[] => [
  ...table(
    ['SEVERITY', 'SINCE', 'ABOUT', 'WHAT HAPPENED', 'ACKNOWLEDGED BY'],
    alerts.map((item) => [
      state(item.severity),
      item.raisedAt,
      item.subject.label,
      `${item.title}: ${item.detail}`,
      item.acknowledgement?.by ?? '',
    ]),
  ),
  ...new Set(alerts.map((item) => `${item.title}: ${item.whatToDo} See ${item.docsPage}.`)),
]
