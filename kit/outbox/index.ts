export { appendEvent } from './append.ts'
export { defineEvent, definedEvents, type EventDefinition, type NewEvent } from './define-event.ts'
export { deliverPending, hasPendingDeliveries, type DeliverOptions } from './deliver.ts'
export type { DeliveryFailpoints, DeliveryPoint } from './failpoints.ts'
export type { BatchHandler, DeliveredEvent, DeliveryFailure, EventHandler, HandlerContext } from './handlers.ts'
export { receiveNew, receiveOnce } from './inbox.ts'
export { outboxMigrations } from './migrations.ts'
export {
  deadLetters,
  discardDelivery,
  outboxLag,
  pruneDelivered,
  replayDelivery,
  replayHistory,
  retireHandler,
  type DeadLetter,
  type OutboxLag,
} from './operate.ts'
export { payloadShape, type PayloadShape } from './payload-shape.ts'
