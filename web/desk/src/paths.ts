import { peoplePaths } from '@platen/people'

/** Every address of a desk; links are made here and nowhere else. router.ts has the matching patterns. */
export const paths = {
  ...peoplePaths,
  open: () => '/open',
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
} as const
