import { redirect } from '@tanstack/react-router'
import { useSyncExternalStore } from 'react'

/**
 * The token of the link in a mail that led here. It comes in the fragment, which reaches no server's log, and goes into memory before
 * the page is shown: neither the address bar nor the history keeps it, and a second link in the same tab replaces it.
 */
let token: string | null = null
const listeners = new Set<() => void>()

/** For the route of a page that links lead to: takes the token out of the address. */
export function takeLinkToken({ location }: { location: { pathname: string; hash: string } }): void {
  const found = new URLSearchParams(location.hash.replace(/^#/, '')).get('token')
  if (found === null) return
  token = found
  for (const listener of listeners) listener()
  redirect({ to: location.pathname, throw: true })
}

export function useLinkToken(): string | null {
  return useSyncExternalStore(subscribe, () => token)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
