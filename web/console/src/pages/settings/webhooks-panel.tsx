import { Text } from '@mantine/core'
import { ApiCall, Panel, QueryView } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { alertWebhooksQuery } from '../../api/platform.ts'
import { AddWebhook } from './add-webhook.tsx'
import classes from './settings-page.module.css'
import { Webhook } from './webhook.tsx'

/** Programs that are told of alerts beside the mails to operators. */
export function WebhooksPanel() {
  const { t } = useTranslation()
  return (
    <Panel title={t('webhooks.title')} description={t('webhooks.text')}>
      <QueryView query={useQuery(alertWebhooksQuery)}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed" mb="md">
              {t('webhooks.none')}
            </Text>
          ) : (
            <ul className={classes.list}>
              {items.map((webhook) => (
                <Webhook key={webhook.id} webhook={webhook} />
              ))}
            </ul>
          )
        }
      </QueryView>
      <AddWebhook />
      <ApiCall method="POST" path="/alert-webhooks" body={{ url: 'https://example.org/alerts' }} />
    </Panel>
  )
}
