export { readRateLimits } from './config.ts'
export { rateLimiter } from './limit-rates.ts'
export { TokenBuckets } from './token-buckets.ts'
export type { RateLimitOptions, RateLimits } from './limit-rates.ts'
