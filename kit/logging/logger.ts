import { pino } from 'pino'
import type { Logger as PinoLogger } from 'pino'
import { oneLineStream } from './one-line-stream.ts'
import { redact } from './redact.ts'

export type Logger = PinoLogger
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

export interface LoggerOptions {
  /** Process or part that speaks: `manager`, `edge`, `bench-main-1`. */
  readonly name: string
  readonly level: LogLevel
  /** Where lines go; standard output unless told, because whoever starts us keeps the log. */
  readonly destination?: { write(line: string): unknown }
}

/**
 * JSON lines: `{"level":"info","time":"2026-01-31T12:00:00.000Z","name":"manager","pid":1,...,"msg":"..."}`.
 * Put facts into the object and a fixed sentence into the message: `logger.info({siteId}, 'site created')`; errors go under
 * `err` and are written with their cause chain. Secret fields are blanked (see redact.ts).
 */
export function createLogger(options: LoggerOptions): Logger {
  const logger = pino(
    {
      level: options.level,
      base: { name: options.name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      // redact() has already made plain data of errors; pino's own error serialiser would lose part of the chain.
      serializers: { err: (value: unknown) => value },
      formatters: {
        level: (label) => ({ level: label }),
        bindings: redactRecord,
        log: redactRecord,
      },
    },
    oneLineStream(options.destination ?? process.stdout),
  )
  // pino formats the bindings of the root alone. Children inherit this property, so theirs and their children's are redacted too.
  const makeChild = logger.child
  logger.child = function child(this: Logger, bindings, childOptions) {
    return makeChild.call(this, redactRecord(bindings), childOptions)
  } as typeof logger.child // the original is generic over custom levels, which we do not have
  return logger
}

function redactRecord(record: object): Record<string, unknown> {
  // redact gives an object for an object; the only other outcomes are for primitives and buffers.
  return redact(record) as Record<string, unknown>
}
