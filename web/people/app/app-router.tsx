import { api, BareError, NotFound, PageError } from '@platen/ui'
import { createRootRoute, createRoute, createRouter, Outlet, redirect, useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { safeNext } from '../paths.ts'
import { takeLinkToken } from '../sign-in/link-token.ts'
import type { PageRoute } from './page-route.ts'
import { publicPages, signInPage, signedInPages } from './shared-pages.ts'

export interface AppPages {
  /** The frame of every page after sign-in; shows the page by an Outlet. */
  Frame: () => ReactNode
  /** The app's own pages behind sign-in, beside the shared ones. */
  pages: readonly PageRoute[]
  /** Its own pages before sign-in. */
  publicPages: readonly PageRoute[]
  /** Asked before any page is shown: where to go instead, if anywhere. */
  detour?: (pathname: string) => Promise<string | undefined>
}

/** The routes of an app: what is before sign-in, and what is behind it in the frame. */
export function createAppRouter(app: AppPages) {
  const rootRoute = createRootRoute({
    component: Outlet,
    notFoundComponent: NotFound,
    errorComponent: RootError,
    async beforeLoad({ location }) {
      const elsewhere = await app.detour?.(location.pathname)
      if (elsewhere !== undefined) redirect({ to: elsewhere, throw: true })
    },
  })
  const open = [...publicPages, ...app.publicPages].map((page) =>
    createRoute({ getParentRoute: () => rootRoute, beforeLoad: takeLinkToken, ...page }),
  )
  const loginRoute = createRoute({
    getParentRoute: () => rootRoute,
    ...signInPage,
    async beforeLoad({ location }) {
      // Search parameters are whatever stands in the address; safeNext accepts only strings that are our own addresses.
      const { next } = location.search as { next?: unknown }
      if ((await api.session.ready()) === 'signed-in') redirect({ to: safeNext(next), throw: true })
    },
  })
  const frameRoute = createRoute({
    getParentRoute: () => rootRoute,
    id: 'frame',
    component: app.Frame,
    async beforeLoad({ location }) {
      if ((await api.session.ready()) === 'signed-in') return
      redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href }, throw: true })
    },
  })
  const framed = [...app.pages, ...signedInPages].map((page) =>
    createRoute({ getParentRoute: () => frameRoute, ...page }),
  )
  const router = createRouter({
    routeTree: rootRoute.addChildren([...open, loginRoute, frameRoute.addChildren(framed)]),
    defaultPreload: false,
    scrollRestoration: true,
    defaultErrorComponent: RouteError,
  })
  followSession(() => void router.invalidate())
  return router
}

function followSession(reconsider: () => void): void {
  // A session that ends under a page leads to the sign-in page, and back to the page afterwards.
  api.session.subscribe(() => {
    if (api.session.status() === 'anonymous') reconsider()
  })
  // A page that could not even start during an outage starts when it is over.
  const refetchAll = api.connection.onBack
  api.connection.onBack = () => {
    refetchAll()
    reconsider()
  }
}

function RootError({ error }: { error: unknown }) {
  const { invalidate } = useRouter()
  return <BareError error={error} onRetry={() => void invalidate()} />
}

function RouteError({ error }: { error: unknown }) {
  const { invalidate } = useRouter()
  return <PageError error={error} onRetry={() => void invalidate()} />
}
