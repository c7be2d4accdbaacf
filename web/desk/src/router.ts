import { page } from '@platen/people'
import type { AppPages } from '@platen/people'
import { DeskFrame } from './layout/desk-frame.tsx'

/** The desk's own pages, beside those that it shares with the console (web/people). */
export const pages: AppPages = {
  Frame: DeskFrame,
  publicPages: [page('/open', () => import('./pages/open/open-page.tsx'), 'OpenPage')],
  pages: [
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
  ],
}
