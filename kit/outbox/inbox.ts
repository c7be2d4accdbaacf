import { rows, sql, type Tx } from '../sql/index.ts'

/**
 * For consumers that get events more than once from elsewhere (a webhook, another database): those of `eventIds` that are new, noted in
 * the same transaction as their effects. The others were taken in already: do nothing. A second delivery at the same moment waits for
 * the first.
 */
export async function receiveNew(
  tx: Tx,
  { consumer, tenantId, eventIds }: { consumer: string; tenantId: string; eventIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  // In one order, whatever order they came in: two that take in the same events wait for each other and not in a circle.
  const received = await rows(
    tx,
    sql<{ event_id: string }>`
      insert into outbox.inbox (consumer, event_id, tenant_id)
      select ${consumer}, id, ${tenantId} from unnest(${eventIds}::uuid[]) as given(id) order by id
      on conflict on constraint inbox_pkey do nothing returning event_id`,
  )
  return new Set(received.map(({ event_id }) => event_id))
}

/** The same of one event: true the first time. */
export async function receiveOnce(
  tx: Tx,
  { eventId, ...receipt }: { consumer: string; eventId: string; tenantId: string },
): Promise<boolean> {
  return (await receiveNew(tx, { ...receipt, eventIds: [eventId] })).has(eventId)
}
