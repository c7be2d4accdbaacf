export { createLogger } from './logger.ts'
export type { Logger, LoggerOptions, LogLevel } from './logger.ts'
export { harmlessText, redactText } from './one-line-stream.ts'
export { redact, REDACTED } from './redact.ts'
