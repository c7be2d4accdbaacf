export { forgetOldKeys, idempotent, type IdempotentAnswer } from './idempotency.ts'
