import { useNavigate, useRouter, useRouterState } from '@tanstack/react-router'
import type { RouterHistory } from '@tanstack/react-router'

/**
 * The router as pages use it: finished addresses in, text out. The router's own types are loose here on purpose: routes are
 * not registered with it, because each app's paths.ts is the one place that knows them.
 */
export interface Go {
  push: (address: string) => void
  /** Leaves no way back to the page it comes from. */
  replace: (address: string) => void
}

export function useGo(): Go {
  // Any router has this history; without registered routes its type is `any`.
  const history = useRouter().history as RouterHistory
  return { push: (address) => history.push(address), replace: (address) => history.replace(address) }
}

/** The `$name` of the page's pattern, which has it. */
export function usePathParameter(name: string): string {
  return useRouterState({ select: ({ matches }) => textOf(matches.at(-1)?.params, name) ?? '' })
}

/** What stands behind `?name=` in the address, if anything. */
export function useQueryParameter(name: string): string | undefined {
  return useRouterState({ select: ({ location }) => textOf(location.search, name) })
}

/** Changes what stands behind `?` in the address, and leaves the rest of it; an empty text takes a name out. */
export function useSetQuery(): (changes: Readonly<Record<string, string>>) => void {
  const navigate = useNavigate()
  // Read as unknown: whatever stands in the address.
  const before = useRouterState({ select: ({ location }) => location.search as Readonly<Record<string, unknown>> })
  return (changes) => {
    const merged = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== '')
    void navigate({ to: '.', search: Object.fromEntries(merged), replace: true })
  }
}

/** The router parses the query: a number typed there comes as a number. */
function textOf(values: unknown, name: string): string | undefined {
  if (typeof values !== 'object' || values === null) return undefined
  // Read as unknown: whatever stands in the address.
  const value = (values as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
