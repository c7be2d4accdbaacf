import type { RoleTable } from '@platen/identity'

/** Roles of a tenant in the control plane. Being an operator of the platform is a property of the account, not a role. */
export const tenantRoles: RoleTable = {
  owner: ['*'],
  admin: [
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
  ],
  member: ['sites.read', 'sites.open', 'backups.read', 'operations.read'],
  reader: ['sites.read', 'backups.read', 'operations.read'],
}
