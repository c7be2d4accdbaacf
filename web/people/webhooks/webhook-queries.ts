import { api, listQuery } from '@platen/ui'
import { queryOptions } from '@tanstack/react-query'
import type { EventType, Webhook, WebhookDelivery } from '../api/types.ts'

export const webhooksQuery = listQuery<Webhook>({
  key: ['webhooks', 'list'],
  path: '/webhooks',
  refetchInterval: () => 10_000,
})

export const webhookQuery = (id: string) =>
  queryOptions({ queryKey: ['webhooks', id], queryFn: ({ signal }) => api.get<Webhook>(`/webhooks/${id}`, signal) })

/** Read again often: who has just sent a test waits for it. */
export const deliveriesQuery = (id: string) =>
  listQuery<WebhookDelivery>({
    key: ['webhooks', id, 'deliveries'],
    path: `/webhooks/${id}/deliveries`,
    refetchInterval: () => 2_000,
  })

export const eventTypesQuery = queryOptions({
  queryKey: ['event-types'],
  queryFn: ({ signal }) => api.get<{ items: EventType[] }>('/event-types', signal),
  staleTime: 60_000,
})
