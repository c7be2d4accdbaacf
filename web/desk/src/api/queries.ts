import { api, listQuery, queryString } from '@platen/ui'
import type { ListPage } from '@platen/ui'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Customer, Discount, LineInput, Me, Order, Product, SiteInfo, Stock, Totals } from './types.ts'

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get<Me>('/auth/me', signal),
  staleTime: 60_000,
})
export const siteQuery = queryOptions({
  queryKey: ['site'],
  queryFn: ({ signal }) => api.get<SiteInfo>('/site', signal),
})

/** `key` is also the path. */
const listOf = <T>(key: 'products' | 'customers' | 'orders', parameters: Record<string, string>) =>
  listQuery<T>({ key: [key, 'list'], path: `/${key}`, parameters })

export const productsQuery = (search = '', archived = '') =>
  listOf<Product>('products', { search, 'filter[archived]': archived })
export const customersQuery = (search = '') => listOf<Customer>('customers', { search })
export const ordersQuery = (search = '', state = '') => listOf<Order>('orders', { search, 'filter[state]': state })

export const productQuery = (id: string) =>
  queryOptions({ queryKey: ['products', id], queryFn: ({ signal }) => api.get<Product>(`/products/${id}`, signal) })
export const stockQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', id, 'stock'],
    queryFn: ({ signal }) => api.get<Stock>(`/products/${id}/stock`, signal),
  })
export const customerQuery = (id: string) =>
  queryOptions({ queryKey: ['customers', id], queryFn: ({ signal }) => api.get<Customer>(`/customers/${id}`, signal) })
export const orderQuery = (id: string) =>
  queryOptions({ queryKey: ['orders', id], queryFn: ({ signal }) => api.get<Order>(`/orders/${id}`, signal) })

/** What a few typed letters may mean: the first matches, for a field that completes. */
export function findProducts(search: string, signal?: AbortSignal): Promise<ListPage<Product>> {
  return api.get<ListPage<Product>>(`/products${queryString({ limit: '8', search })}`, signal)
}

/** Totals of lines that are not stored, as the server would compute them. */
export const totalsQuery = (lines: LineInput[], discount: Discount) =>
  queryOptions({
    queryKey: ['order-totals', lines, discount],
    queryFn: ({ signal }) => api.send<Totals>('POST', '/order-totals', { lines, discount }, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
    enabled: lines.length > 0,
  })
