import { BareError, NotFound, PageError } from '@platen/ui'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  useRouter,
} from '@tanstack/react-router'
import { api, queryClient } from './api/client.ts'
import { setupQuery } from './api/queries.ts'
import { ConsoleFrame } from './layout/console-frame.tsx'
import { safeNext } from './paths.ts'

const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: RootError,
  async beforeLoad({ location }) {
    const { claimed } = await queryClient.ensureQueryData(setupQuery)
    if (!claimed && location.pathname !== '/setup') redirect({ to: '/setup', throw: true })
    if (claimed && location.pathname === '/setup') redirect({ to: '/', throw: true })
  },
})

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('./pages/setup/setup-page.tsx'), 'SetupPage'),
})

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  async beforeLoad({ location }) {
    // Search parameters are whatever stands in the address; safeNext accepts only strings that are our own addresses.
    const { next } = location.search as { next?: unknown }
    if ((await api.session.ready()) === 'signed-in') redirect({ to: safeNext(next), throw: true })
  },
  component: lazyRouteComponent(() => import('./pages/login/login-page.tsx'), 'LoginPage'),
})

/** Everything behind sign-in, in the frame. */
const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'frame',
  component: ConsoleFrame,
  async beforeLoad({ location }) {
    if ((await api.session.ready()) === 'signed-in') return
    redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href }, throw: true })
  },
})

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({ getParentRoute: () => frameRoute, path, component: lazyRouteComponent(load, name) })

const pages = [
  page('/', () => import('./pages/home/home-page.tsx'), 'HomePage'),
  page('/sites', () => import('./pages/sites/sites-page.tsx'), 'SitesPage'),
  page('/sites/new', () => import('./pages/sites/new/new-site-page.tsx'), 'NewSitePage'),
  page('/sites/$id', () => import('./pages/sites/site/overview-page.tsx'), 'OverviewPage'),
  page('/sites/$id/activity', () => import('./pages/sites/site/activity-page.tsx'), 'ActivityPage'),
  page('/sites/$id/backups', () => import('./pages/sites/site/backups/backups-page.tsx'), 'BackupsPage'),
  page('/sites/$id/restore', () => import('./pages/sites/site/restore/restore-page.tsx'), 'RestorePage'),
  page('/sites/$id/logs', () => import('./pages/sites/site/logs-page.tsx'), 'SiteLogsPage'),
  page('/sites/$id/settings', () => import('./pages/sites/site/settings/settings-page.tsx'), 'SettingsPage'),
  page('/operations', () => import('./pages/operations/operations-page.tsx'), 'OperationsPage'),
  page('/operations/$id', () => import('./pages/operations/operation/operation-page.tsx'), 'OperationPage'),
  page('/servers', () => import('./pages/servers/servers-page.tsx'), 'ServersPage'),
  page('/logs', () => import('./pages/logs/logs-page.tsx'), 'LogsPage'),
  page('/alerts', () => import('./pages/alerts/alerts-page.tsx'), 'AlertsPage'),
  page('/diagnosis', () => import('./pages/diagnosis/diagnosis-page.tsx'), 'DiagnosisPage'),
  page('/settings', () => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
  page('/inbox', () => import('./pages/inbox/inbox-page.tsx'), 'InboxPage'),
  page('/inbox/$id', () => import('./pages/inbox/mail/mail-page.tsx'), 'MailPage'),
  page('/certificate', () => import('./pages/certificate/certificate-page.tsx'), 'CertificatePage'),
  page('/account', () => import('./pages/account/account-page.tsx'), 'AccountPage'),
]

export const router = createRouter({
  routeTree: rootRoute.addChildren([setupRoute, loginRoute, frameRoute.addChildren(pages)]),
  defaultPreload: false,
  scrollRestoration: true,
  defaultErrorComponent: RouteError,
})

// A session that ends under a page leads to the sign-in page, and back to the page afterwards.
api.session.subscribe(() => {
  if (api.session.status() === 'anonymous') void router.invalidate()
})
// A page that could not even start during an outage starts when it is over.
const refetchAll = api.connection.onBack
api.connection.onBack = () => {
  refetchAll()
  void router.invalidate()
}

function RootError({ error }: { error: unknown }) {
  const { invalidate } = useRouter()
  return <BareError error={error} onRetry={() => void invalidate()} />
}

function RouteError({ error }: { error: unknown }) {
  const { invalidate } = useRouter()
  return <PageError error={error} onRetry={() => void invalidate()} />
}
