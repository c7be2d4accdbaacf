export { appendEvent, type NewEvent } from './append.ts'
export { deliverPending, hasPendingDeliveries, type DeliverOptions } from './deliver.ts'
export type { DeliveredEvent, DeliveryFailure, EventHandler, HandlerContext } from './handlers.ts'
export { receiveOnce } from './inbox.ts'
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
