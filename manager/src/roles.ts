import type { RoleTable } from '@platen/identity'

/** Every permission a route of the control plane asks for, beside those of identity itself. */
export const tenantPermissions = [
  'tenant.read',
  'tenant.write',
  'sites.read',
  'sites.create',
  'sites.operate',
  'sites.open',
  'sites.drop',
  'logs.read',
  'backups.read',
  'backups.create',
  'backups.schedule',
  'backups.restore',
  'operations.read',
  'operations.cancel',
] as const

/** Roles of a tenant in the control plane. Being an operator of the platform is a property of the account, not a role. */
export const tenantRoles = {
  owner: ['*'],
  admin: [
    ...tenantPermissions.filter((permission) => permission !== 'tenant.write'),
    'users.read',
    'users.write',
    'roles.read',
    'audit.read',
    'audit.export',
    'webhooks.read',
    'webhooks.write',
    'jobs.read',
    'jobs.write',
  ],
  member: ['tenant.read', 'sites.read', 'sites.open', 'backups.read', 'operations.read', 'users.read'],
  reader: ['tenant.read', 'sites.read', 'backups.read', 'operations.read'],
} satisfies RoleTable
