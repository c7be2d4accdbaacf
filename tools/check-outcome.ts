/** What a part of `npm run check` found: `problems` is shown when it failed, `note` beside its time. */
export interface CheckOutcome {
  ok: boolean
  problems: string
  note?: string
}
