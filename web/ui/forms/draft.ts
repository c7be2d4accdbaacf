/**
 * What is typed but not saved, kept in the tab's storage so that a lost connection, a reload or a sign-in in between costs
 * nothing. Leaving with the tab is meant: drafts may hold names and prices.
 */
export interface DraftStore<T> {
  read(): T | undefined
  write(value: T): void
  clear(): void
}

const prefix = 'platen-draft:'

/** @param isShape refuses what an older version of the page stored. */
export function draftStore<T>(
  key: string,
  isShape: (value: unknown) => value is T,
  storage: Storage = sessionStorage,
): DraftStore<T> {
  const name = prefix + key
  return {
    read() {
      const value = parse(attempt(() => storage.getItem(name)) ?? null)
      return isShape(value) ? value : undefined
    },
    write: (value) => void attempt(() => storage.setItem(name, JSON.stringify(value))),
    clear: () => void attempt(() => storage.removeItem(name)),
  }
}

/** Forgets every draft of the tab; signing out does. */
export function clearDrafts(storage: Storage = sessionStorage): void {
  const names = Array.from({ length: storage.length }, (_, index) => storage.key(index))
  for (const name of names) if (name?.startsWith(prefix)) storage.removeItem(name)
}

function parse(text: string | null): unknown {
  return text === null ? undefined : attempt((): unknown => JSON.parse(text))
}

/** Storage may be full or forbidden; a draft is a courtesy, so its failures are silent. */
function attempt<R>(work: () => R): R | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
