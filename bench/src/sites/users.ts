/** Who works with something now, so that it is not taken away under them. */
export interface Users {
  /** Returns the function that leaves; calling it twice counts once. */
  enter(): () => void
  count(): number
  /** Resolves when the last one has left, or after half a minute: what hangs longer is cut. */
  gone(): Promise<void>
  /** Time since the last one left; 0 while somebody is there. */
  idleForMs(): number
}

const patienceMs = 30_000

export function createUsers(): Users {
  let count = 0
  let leftAt = performance.now()
  const waiting: (() => void)[] = []

  const leave = (): void => {
    count -= 1
    if (count > 0) return
    leftAt = performance.now()
    for (const resolve of waiting.splice(0)) resolve()
  }

  return {
    enter() {
      count += 1
      let isInside = true
      return () => {
        if (isInside) leave()
        isInside = false
      }
    },
    count: () => count,
    gone() {
      if (count === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, patienceMs).unref()
        waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    },
    idleForMs: () => (count > 0 ? 0 : performance.now() - leftAt),
  }
}
