/**
 * One command is one transaction: the change, its audit row and its outbox events commit together or not at all. A
 * deadlock or serialization failure runs the whole of it again, so a command does nothing outside of its transaction.
 */
import { appendEvent, type NewEvent } from '@platen/kit/outbox'
import { withScope, type Tx } from '@platen/kit/sql'
import type { CommerceContext } from './context.ts'

export interface Command {
  tx: Tx
  context: CommerceContext
  /** The moment of the command: one value for all its rows. */
  at: Date
  /** Writes the audit row and the events of a change. */
  record(change: Change): Promise<void>
}

export interface Change {
  /** noun.verb, past: `product.created`. */
  action: string
  resource: string
  resourceId: string
  changes?: object
  events: readonly NewEvent[]
}

const RETRIES_AFTER_DEADLOCK = 3

export async function runCommand<T>(context: CommerceContext, work: (command: Command) => Promise<T>): Promise<T> {
  const scope = { tenantId: context.siteId, actor: context.actor.id }
  const at = context.now?.() ?? new Date()
  const result = await withScope(
    context.db,
    scope,
    (tx) => work({ tx, context, at, record: (change) => record(tx, context, change) }),
    { retrySerialization: RETRIES_AFTER_DEADLOCK },
  )
  context.afterCommit()
  return result
}

async function record(tx: Tx, context: CommerceContext, change: Change): Promise<void> {
  const { events, ...entry } = change
  await context.audit(tx, entry)
  for (const event of events) await appendEvent(tx, context.siteId, event)
}
