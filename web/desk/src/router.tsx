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
import { api } from './api/client.ts'
import { DeskFrame } from './layout/desk-frame.tsx'
import { safeNext } from './paths.ts'

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: RootError })

const openRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/open',
  component: lazyRouteComponent(() => import('./pages/open/open-page.tsx'), 'OpenPage'),
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
  component: DeskFrame,
  async beforeLoad({ location }) {
    if ((await api.session.ready()) === 'signed-in') return
    redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href }, throw: true })
  },
})

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({ getParentRoute: () => frameRoute, path, component: lazyRouteComponent(load, name) })

const pages = [
  page('/', () => import('./pages/home/home-page.tsx'), 'HomePage'),
  page('/products', () => import('./pages/products/products-page.tsx'), 'ProductsPage'),
  page('/products/new', () => import('./pages/products/product/new-product-page.tsx'), 'NewProductPage'),
  page('/products/$id', () => import('./pages/products/product/product-page.tsx'), 'ProductPage'),
  page('/customers', () => import('./pages/customers/customers-page.tsx'), 'CustomersPage'),
  page('/customers/new', () => import('./pages/customers/customer/customer-page.tsx'), 'NewCustomerPage'),
  page('/customers/$id', () => import('./pages/customers/customer/customer-page.tsx'), 'CustomerPage'),
  page('/orders', () => import('./pages/orders/orders-page.tsx'), 'OrdersPage'),
  page('/orders/new', () => import('./pages/orders/order/order-page.tsx'), 'NewOrderPage'),
  page('/orders/$id', () => import('./pages/orders/order/order-page.tsx'), 'OrderPage'),
  page('/account', () => import('./pages/account/account-page.tsx'), 'AccountPage'),
]

export const router = createRouter({
  routeTree: rootRoute.addChildren([openRoute, loginRoute, frameRoute.addChildren(pages)]),
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
