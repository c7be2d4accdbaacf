import { createIdentity, mailByJob, type Identity } from '@platen/identity'
import { consoleUrl, type PublicAddress } from '@platen/kit/config'
import type { Vault } from '@platen/kit/secrets'
import type { Db } from '@platen/kit/sql'
import { managerIdempotencyKeys } from './idempotency/index.ts'
import { tenantPermissions, tenantRoles } from './roles.ts'
import { isTenantOpen, tenantName } from './tenants/index.ts'

/** Who may enter the console, and with what rights. */
export const createConsoleIdentity = (db: Db, vault: Vault, address: PublicAddress): Identity =>
  createIdentity({
    db,
    vault,
    issuer: consoleUrl(address),
    audience: 'manager',
    roles: tenantRoles,
    permissions: tenantPermissions,
    idempotencyKeys: managerIdempotencyKeys,
    place: { nameOf: tenantName },
    mailLater: mailByJob,
    isTenantOpen: (tenantId) => isTenantOpen(db, tenantId),
  })
