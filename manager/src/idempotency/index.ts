export { idempotent, type IdempotentAnswer } from './idempotency.ts'
