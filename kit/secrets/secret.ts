import { inspect } from 'node:util'

const REDACTED = '[redacted]'

/**
 * A text that must not reach a log, a message or an API answer by accident: however it is printed, it shows `[redacted]`.
 * Call `expose()` at the last moment, where the text leaves for its destination.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  expose(): string {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.toPrimitive](): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}
