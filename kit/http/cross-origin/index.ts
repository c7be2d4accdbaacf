export { allowOrigins, answerPreflights } from './allow-origins.ts'
export type { AllowedOrigins } from './allow-origins.ts'
export { readAllowedOrigins } from './config.ts'
