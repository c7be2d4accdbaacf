/** Does a thing once at a time for each key: who asks meanwhile gets what comes of it. */
export function sharedWork<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<T>>()
  return (key, work) => {
    const present = running.get(key)
    if (present !== undefined) return present
    const begun = work().finally(() => running.delete(key))
    running.set(key, begun)
    return begun
  }
}
