/** Every permission a route of commerce asks for. Roles are made of them; the administrator has all. */
export const commercePermissions = [
  'products.read',
  'products.write',
  'stock.read',
  'stock.write',
  'customers.read',
  'customers.write',
  'orders.read',
  'orders.write',
  'orders.submit',
  'orders.cancel',
] as const

export type CommercePermission = (typeof commercePermissions)[number]
