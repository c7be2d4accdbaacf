/** Ordered pairs of tenants: whose caller tries whose things. */
export type Pair = readonly [caller: number, victim: number]

/** What each operation meets at least; two rounds over a hundred tenants. */
export const pairsInSample = 200

/** All of them for `everything`, otherwise the next rounds: each has every tenant once as caller and once as victim. */
export function pairsFor(tenants: number, turn: number, everything: boolean): Pair[] {
  const distances = tenants - 1
  const rounds = everything ? distances : Math.min(distances, Math.ceil(pairsInSample / tenants))
  return Array.from({ length: rounds }, (_, round) => 1 + ((turn * rounds + round) % distances)).flatMap((distance) =>
    Array.from({ length: tenants }, (_, caller): Pair => [caller, (caller + distance) % tenants]),
  )
}

/** Some at a time: an API waits for its database most of the time. */
export async function someAtATime<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  atOnce = 8,
): Promise<void> {
  const left = items.values()
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
