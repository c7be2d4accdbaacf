import { Page, Panel, PropertyList, QueryView, StateBadge, TextLink, TimeAgo, usePathParameter } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Webhook } from '../api/types.ts'
import { useMay } from '../app/use-may.ts'
import { peoplePaths } from '../paths.ts'
import { DeleteWebhook } from './delete-webhook.tsx'
import { DeliveriesTable } from './deliveries-table.tsx'
import { ShownSecret } from './shown-secret.tsx'
import { WebhookActions } from './webhook-actions.tsx'
import { webhookQuery } from './webhook-queries.ts'

export function WebhookPage() {
  return (
    <QueryView query={useQuery(webhookQuery(usePathParameter('id')))}>
      {(webhook) => <OneWebhook webhook={webhook} />}
    </QueryView>
  )
}

function OneWebhook({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const [secret, setSecret] = useState<string | null>(null)
  const { url, description, types, enabled, hasSecret, createdBy, createdAt } = webhook
  const reason = useMay()('webhooks.write') ? null : t('webhook.mayNot')
  return (
    <Page
      title={new URL(url).host}
      description={description}
      back={<TextLink to={peoplePaths.webhooks()}>{t('webhook.title')}</TextLink>}
      badge={<StateBadge tone={enabled ? 'ok' : 'idle'} label={t(enabled ? 'webhook.enabled' : 'webhook.disabled')} />}
    >
      {secret !== null && <ShownSecret secret={secret} onClose={() => setSecret(null)} />}
      <Panel>
        <PropertyList
          items={[
            { label: t('webhook.url'), value: url },
            { label: t('webhook.events'), value: types.length === 0 ? t('webhook.everyEvent') : types.join(', ') },
            { label: t('webhook.secret'), value: t(hasSecret ? 'webhook.secretKept' : 'webhook.secretMissing') },
            { label: t('webhook.madeBy'), value: createdBy },
            { label: t('webhook.made'), value: <TimeAgo iso={createdAt} /> },
          ]}
        />
        <WebhookActions webhook={webhook} reason={reason} onSecret={setSecret} />
      </Panel>
      <Panel title={t('webhook.log')} description={t('webhook.logText')}>
        <DeliveriesTable webhookId={webhook.id} reason={reason} />
      </Panel>
      <DeleteWebhook webhook={webhook} reason={reason} />
    </Page>
  )
}
