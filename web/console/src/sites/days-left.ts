/** Whole days until a moment: the last day counts as one until it is over. */
export const daysLeft = (until: string, now: number): number =>
  Math.max(0, Math.ceil((Date.parse(until) - now) / 86_400_000))
