export { forgetOldKeys, idempotent } from './idempotency.ts'
