/** Whether somebody who only measures time can tell two kinds of answer apart. */

const median = (samples: readonly number[]): number =>
  samples.toSorted((a, b) => a - b).at(Math.floor(samples.length / 2)) ?? 0

/**
 * Two samples of milliseconds, taken in turns. They are told apart when the medians are at least 2 ms from each other **and** that is
 * no accident: Mann-Whitney U, two-sided p < 0.0001 (normal approximation, good from 20 samples on). A machine with more to
 * do moves some times for a while; what an attacker could use moves all of them.
 */
export function areToldApart(one: readonly number[], other: readonly number[]): boolean {
  const all = [...one.map((ms) => ({ ms, first: true })), ...other.map((ms) => ({ ms, first: false }))]
  const ranked = all.toSorted((a, b) => a.ms - b.ms)
  const rankSum = ranked.reduce((sum, { first }, index) => sum + (first ? index + 1 : 0), 0)
  const u = rankSum - (one.length * (one.length + 1)) / 2
  const mean = (one.length * other.length) / 2
  const deviation = Math.sqrt((one.length * other.length * (one.length + other.length + 1)) / 12)
  const isNoAccident = Math.abs(u - mean) / deviation > 3.891
  return isNoAccident && Math.abs(median(one) - median(other)) >= 2
}

/** Times both kinds in turns, each of the two first every other time, so that what else the machine does meets both alike. */
export async function timesInTurns(
  rounds: number,
  one: (round: number) => Promise<unknown>,
  other: (round: number) => Promise<unknown>,
): Promise<[number[], number[]]> {
  const times: [number[], number[]] = [[], []]
  const measure = async (which: 0 | 1, round: number): Promise<void> => {
    const startedAt = performance.now()
    await (which === 0 ? one : other)(round).catch(() => undefined)
    times[which].push(performance.now() - startedAt)
  }
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
    for (const which of order) await measure(which, round)
  }
  return times
}
