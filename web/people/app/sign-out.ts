import { api, clearDrafts, queryClient } from '@platen/ui'

/** Leaves nothing of this person behind in the tab. Without an answer nothing happens: the banner says why. */
export async function signOut(): Promise<void> {
  try {
    await api.signOut()
  } catch {
    return
  }
  forgetPerson()
}

/** Drops what the tab knows of whoever was signed in; what is true for everybody stays. */
export function forgetPerson(): void {
  clearDrafts()
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'setup' })
}
