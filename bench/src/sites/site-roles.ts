import type { CommercePermission } from '@platen/commerce'
import type { RoleTable } from '@platen/identity'

/** Roles of a site (French: what the desk shows is translated) and what each may do. `gerant` is the first administrator. */
export const siteRoles: RoleTable = {
  gerant: ['*'],
  commercial: [
    'products.read',
    'customers.read',
    'customers.write',
    'orders.read',
    'orders.write',
    'orders.submit',
    'orders.cancel',
    'stock.read',
  ],
  magasinier: ['products.read', 'stock.read', 'stock.write', 'orders.read'],
  comptable: ['products.read', 'customers.read', 'orders.read', 'stock.read'],
  lecture: ['products.read', 'customers.read', 'orders.read', 'stock.read'],
} satisfies Record<string, readonly (CommercePermission | '*')[]>
