import { maybe, sql, type Tx } from '../sql/index.ts'

/**
 * For consumers that get an event more than once from elsewhere (a webhook, another database): true the first time, in the same
 * transaction as the effect. False means: it was taken in already, do nothing. A second delivery at the same moment waits for the first.
 */
export async function receiveOnce(
  tx: Tx,
  receipt: { consumer: string; eventId: string; tenantId: string },
): Promise<boolean> {
  const first = await maybe(
    tx,
    sql`
      insert into outbox.inbox (consumer, event_id, tenant_id) values (${receipt.consumer}, ${receipt.eventId}, ${receipt.tenantId})
      on conflict on constraint inbox_pkey do nothing returning event_id`,
  )
  return first !== undefined
}
