import { seedFromEnvironment } from './config.ts'

/** The same seed gives the same numbers, on every machine. */
export interface SeededRandom {
  readonly seed: number
  /** 0 (included) to 1 (excluded). */
  next(): number
  /** Whole number, both ends included. */
  integer(minimum: number, maximum: number): number
  pick<T>(list: readonly T[]): T
  shuffle<T>(list: readonly T[]): T[]
  /** A sequence of its own, decided by this seed and the label only: not by how much was drawn before, so cells may run in any order. */
  fork(label: string): SeededRandom
}

/** @param seed default PLATEN_TEST_SEED, else a new one. Prints it: without the seed a failure cannot be repeated. */
export function randomFrom(seed = seedFromEnvironment() ?? Math.floor(Math.random() * 2 ** 31)): SeededRandom {
  console.log(`random seed ${seed}; PLATEN_TEST_SEED=${seed} repeats this run`)
  return sequence(seed)
}

function sequence(seed: number): SeededRandom {
  let state = seed >>> 0
  // mulberry32: 32 bits of state are plenty for choosing where to strike.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (minimum: number, maximum: number): number => minimum + Math.floor(next() * (maximum - minimum + 1))
  return {
    seed,
    next,
    integer,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError('nothing to pick from')
      return list[integer(0, list.length - 1)] as T // within bounds of a list that is not empty
    },
    shuffle: (list) =>
      list
        .map((value) => ({ value, rank: next() }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ value }) => value),
    fork: (label) => sequence(hash(`${seed}/${label}`)),
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193)
  return value >>> 0
}
