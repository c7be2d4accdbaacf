// Which queue a worker asks next, as pure rules: high before default before low, and none of them starves.

export const queues = ['high', 'default', 'low'] as const
export type Queue = (typeof queues)[number]

/** One turn in four begins with the second queue, one in eight with the last. */
const inverted: Readonly<Record<number, readonly Queue[]>> = {
  3: ['default', 'high', 'low'],
  5: ['low', 'default', 'high'],
  7: ['default', 'low', 'high'],
}

/**
 * The queues to ask for the next job, first to last; none when there is no room.
 * @param turn how many jobs this worker has begun. @param running how many of each run now.
 * @param concurrency jobs at once. One place is always left to high jobs, and low ones never take more than half.
 */
export function queuesInTurn(turn: number, running: Readonly<Record<Queue, number>>, concurrency: number): Queue[] {
  const others = running.default + running.low
  if (running.high + others >= concurrency) return []
  const forOthers = Math.max(1, concurrency - 1)
  const forLow = Math.max(1, Math.floor(concurrency / 2))
  const order = inverted[turn % 8] ?? queues
  return order.filter(
    (queue) => queue === 'high' || (others < forOthers && (queue === 'default' || running.low < forLow)),
  )
}
