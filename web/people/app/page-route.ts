import { lazyRouteComponent } from '@tanstack/react-router'

export interface PageRoute {
  /** The router's pattern, `/people/$id`. */
  path: string
  component: ReturnType<typeof lazyRouteComponent>
}

/** A page that is fetched when it is first gone to. */
export function page(path: string, load: () => Promise<Record<string, unknown>>, name: string): PageRoute {
  return { path, component: lazyRouteComponent(load, name) }
}
