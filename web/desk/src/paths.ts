/** Every address of a desk; links are made here and nowhere else. router.tsx has the matching patterns. */
export const paths = {
  open: () => '/open',
  login: () => '/login',
  home: () => '/',
  products: () => '/products',
  newProduct: () => '/products/new',
  product: (id: string) => `/products/${id}`,
  customers: () => '/customers',
  newCustomer: () => '/customers/new',
  customer: (id: string) => `/customers/${id}`,
  orders: () => '/orders',
  newOrder: () => '/orders/new',
  order: (id: string) => `/orders/${id}`,
  account: () => '/account',
} as const

/** Where to go after signing in: only addresses of this app, never another origin. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) && !/^\/(login|open)/.test(next) ? next : paths.home()
}
