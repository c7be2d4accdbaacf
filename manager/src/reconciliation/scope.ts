import type { Tx } from '@platen/kit/sql'
import type { Difference, ScopeName } from './difference.ts'

/** Writes the audit entry of a repair, in the transaction of the repair where there is one. */
export type WriteRecord = (tx: Tx) => Promise<void>

export interface LookOptions {
  signal?: AbortSignal | undefined
  /** Somebody asked for it: nothing remembered is good enough. */
  fresh?: boolean
}

/** What one scope knows: to compare, and to put one difference right. The order, the waiting and the records are the reconciler's. */
export interface ReconciliationScope {
  readonly name: ScopeName
  /** Of one run: a mistake in what should exist must not sweep away everything at once. */
  readonly maxRepairs: number
  /** Reads what should be (rows) and what is (drivers), and compares; changes nothing. */
  differences(now: Date, options: LookOptions): Promise<Difference[]>
  /** Looks again, under lock where others may act, and repairs. False: there was nothing to do any more. */
  repair(difference: Difference, record: WriteRecord, options: { signal?: AbortSignal | undefined }): Promise<boolean>
  /** After a run that was no dry run. */
  afterwards?(options: { signal?: AbortSignal | undefined }): Promise<void>
}
