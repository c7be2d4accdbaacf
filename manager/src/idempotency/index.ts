export { forgetOldKeys, idempotent, managerIdempotencyKeys } from './idempotency.ts'
