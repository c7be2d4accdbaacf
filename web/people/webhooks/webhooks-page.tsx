import { Text } from '@mantine/core'
import { ActionButton, EmptyState, ListView, StateBadge, TextLink, TimeAgo } from '@platen/ui'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MadeWebhook, Webhook } from '../api/types.ts'
import { AdministrationPage } from '../app/administration.tsx'
import { useMay } from '../app/use-may.ts'
import { peoplePaths } from '../paths.ts'
import { NewWebhookDialog } from './new-webhook-dialog.tsx'
import { OutcomeBadge } from './outcome-badge.tsx'
import { ShownSecret } from './shown-secret.tsx'
import { webhooksQuery } from './webhook-queries.ts'

/** Where events of this place are sent. */
export function WebhooksPage() {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const [made, setMade] = useState<MadeWebhook | null>(null)
  const create = (
    <ActionButton
      label={t('webhook.new')}
      reason={useMay()('webhooks.write') ? null : t('webhook.mayNot')}
      leftSection={<IconPlus size={16} />}
      onClick={() => setOpen(true)}
    />
  )
  return (
    <AdministrationPage title={t('webhook.title')} description={t('webhook.intro')} action={create}>
      {made !== null && <ShownSecret secret={made.secret} onClose={() => setMade(null)} />}
      <WebhooksTable />
      {isOpen && <NewWebhookDialog onClose={() => setOpen(false)} onMade={setMade} />}
    </AdministrationPage>
  )
}

function WebhooksTable() {
  const { t } = useTranslation()
  return (
    <ListView
      query={useInfiniteQuery(webhooksQuery)}
      label={t('webhook.title')}
      rowKey={(webhook) => webhook.id}
      empty={<EmptyState title={t('webhook.none')}>{t('webhook.noneText')}</EmptyState>}
      columns={[
        { key: 'url', header: t('webhook.url'), render: (webhook) => <Where webhook={webhook} /> },
        {
          key: 'events',
          header: t('webhook.events'),
          secondary: true,
          render: ({ types }) => (types.length === 0 ? t('webhook.everyEvent') : types.join(', ')),
        },
        {
          key: 'state',
          header: t('webhook.state'),
          render: ({ enabled }) => (
            <StateBadge tone={enabled ? 'ok' : 'idle'} label={t(enabled ? 'webhook.enabled' : 'webhook.disabled')} />
          ),
        },
        {
          key: 'last',
          header: t('webhook.last'),
          secondary: true,
          render: ({ lastDelivery }) =>
            lastDelivery === null ? (
              t('webhook.never')
            ) : (
              <>
                <OutcomeBadge outcome={lastDelivery.outcome} />{' '}
                <Text span size="sm" c="dimmed">
                  <TimeAgo iso={lastDelivery.at} />
                </Text>
              </>
            ),
        },
      ]}
    />
  )
}

function Where({ webhook: { id, url, description } }: { webhook: Webhook }) {
  return (
    <>
      <TextLink to={peoplePaths.webhook(id)}>{url}</TextLink>
      {description !== '' && (
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      )}
    </>
  )
}
