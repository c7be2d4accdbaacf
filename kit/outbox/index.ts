export { appendEvent, appendEventFor } from './append.ts'
export { CLOUD_EVENT_TYPE, cloudEventOf, type CloudEvent, type EventPlace } from './cloud-event.ts'
export { defineEvent, definedEvents, type EventDefinition, type NewEvent } from './define-event.ts'
export { deliverPending, deliverSome, hasPendingDeliveries, type DeliverOptions } from './deliver.ts'
export type { DeliveryFailpoints, DeliveryPoint } from './failpoints.ts'
export type {
  BatchHandler,
  DeliveredEvent,
  DeliveryFailure,
  EventHandler,
  HandlerContext,
  SendingHandler,
} from './handlers.ts'
export { receiveNew, receiveOnce } from './inbox.ts'
export { outboxMigrations } from './migrations.ts'
export {
  deadLetters,
  discardDelivery,
  outboxLag,
  pruneDelivered,
  replayDelivery,
  replayDeliveryIn,
  replayHistory,
  retireHandler,
  type DeadLetter,
  type OutboxLag,
} from './operate.ts'
export { dueHandlers, subscribe, unsubscribe, type DueHandler } from './subscriptions.ts'
export { payloadShape, type PayloadShape } from './payload-shape.ts'
