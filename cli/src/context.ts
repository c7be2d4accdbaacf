import type { Client } from './client.ts'
import type { CommandConfig } from './config.ts'
import type { Output } from './print.ts'
import type { Session } from './session.ts'

/** What a command works with. */
export interface Context {
  config: CommandConfig
  client: Client
  session: Session
  output: Output
}

/** Runs with a fresh context: settings are read when a command runs, so `--help` never fails on them. */
export type WithContext = <Arguments extends unknown[]>(
  work: (context: Context, ...given: Arguments) => Promise<void>,
) => (...given: Arguments) => Promise<void>
