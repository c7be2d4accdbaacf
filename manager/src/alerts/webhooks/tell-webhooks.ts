import { newId } from '@platen/kit/ids'
import { enqueueJob } from '@platen/kit/jobs'
import type { Tx } from '@platen/kit/sql'
import { deliverAlert } from './deliver-alert.ts'
import { testAlert, toldAlert, type AlertFacts, type DeliveryType, type ToldAlert } from './told-alert.ts'
import { insertDelivery, listWebhooks, webhooksThatKnow } from './webhook-store.ts'

/** Every webhook is told of a new alert, by jobs of this transaction. */
export async function tellRaised(tx: Tx, alert: AlertFacts, now: Date): Promise<void> {
  for (const { id } of await listWebhooks(tx))
    await tell(tx, { webhookId: id, alertId: alert.id, type: 'alert.raised', alert: toldAlert(alert), now })
}

/** Those that were told of it are told that it is over. */
export async function tellResolved(tx: Tx, alert: AlertFacts, now: Date): Promise<void> {
  for (const { id } of await webhooksThatKnow(tx, alert.id))
    await tell(tx, { webhookId: id, alertId: alert.id, type: 'alert.resolved', alert: toldAlert(alert), now })
}

export async function tellTest(tx: Tx, webhookId: string, now: Date): Promise<void> {
  await tell(tx, { webhookId, alertId: null, type: 'test', alert: testAlert(newId(), now), now })
}

async function tell(
  tx: Tx,
  delivery: { webhookId: string; alertId: string | null; type: DeliveryType; alert: ToldAlert; now: Date },
): Promise<void> {
  const id = newId()
  await insertDelivery(tx, { id, ...delivery })
  await enqueueJob(tx, deliverAlert, { deliveryId: id }, { tenantId: null, key: `alert-delivery:${id}` })
}
