/** A comparison in words of the business: only what people of a shop know by name counts one by one. Pure. */
import type { TableChange as Answer } from '../../../../api/backups.ts'

/** A table of which both sides are known. */
export interface TableChange extends Answer {
  rowsNow: number
  changed: boolean
}

/** What people see in the desk, in the order in which they would ask; everything else is how it is kept. */
const businessTables = [
  'commerce.orders',
  'commerce.order_lines',
  'commerce.customers',
  'commerce.products',
  'commerce.stock_movements',
  'identity.users',
] as const

export interface BusinessChanges {
  /** What people know by name, and changed. */
  changed: TableChange[]
  /** What people know by name, and is as it was. */
  same: TableChange[]
  /** How many others changed. */
  internal: number
}

export function businessChanges(answers: readonly Answer[]): BusinessChanges {
  const tables = answers.filter(isKnown)
  const known = businessTables.flatMap((name) => tables.filter((table) => table.name === name))
  return {
    changed: known.filter(({ changed }) => changed),
    same: known.filter(({ changed }) => !changed),
    internal: tables.filter((table) => table.changed && !known.includes(table)).length,
  }
}

const isKnown = (table: Answer): table is TableChange => table.rowsNow !== null && table.changed !== null

/** What a restore does to one kind of thing: `gone` counts those made since, `back` those deleted since. */
export function effectOf({ rowsThen, rowsNow }: TableChange): { kind: 'gone' | 'back' | 'edited'; count: number } {
  if (rowsNow > rowsThen) return { kind: 'gone', count: rowsNow - rowsThen }
  if (rowsNow < rowsThen) return { kind: 'back', count: rowsThen - rowsNow }
  return { kind: 'edited', count: 0 }
}
