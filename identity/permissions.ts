/** What identity itself asks for, in the control plane and in every site. */
export const identityPermissions = [
  'users.read',
  'users.write',
  'roles.read',
  'roles.write',
  'audit.read',
  'audit.export',
  'webhooks.read',
  'webhooks.write',
  'jobs.read',
  'jobs.write',
] as const
