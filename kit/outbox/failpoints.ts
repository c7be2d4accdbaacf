/**
 * A place in a delivery where a test may interfere. `distributing`, `claiming`, `handled` (one effect of a batch), `undone` (one that
 * failed, back at its savepoint), `marking`: done, and not yet committed.
 * `claimed`: leased, nothing is done. `sent`: the outside has it, nothing is noted. `marked`: noted.
 */
export type DeliveryPoint =
  | 'distributing'
  | 'claiming'
  | 'claimed'
  | 'handled'
  | 'undone'
  | 'sent'
  | 'marking'
  | 'marked'

/** An option of `deliverPending`, for tests only. */
export type DeliveryFailpoints = (point: DeliveryPoint) => void | Promise<void>
