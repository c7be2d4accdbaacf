export { declareIdempotency } from './declare.ts'
export { idempotentRequest, KEPT_HOURS, runOnce } from './run-once.ts'
export type { IdempotencyKeys, IdempotentAnswer, IdempotentRequest, KeyedRequest } from './run-once.ts'
