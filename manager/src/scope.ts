import type { Principal } from '@platen/identity'
import type { Scope } from '@platen/kit/sql'

/** Whose rows a request may see: an operator every tenant's, everybody else those of the tenant they are in. */
export const scopeOf = ({ operator, tenantId, email }: Principal): Scope =>
  operator ? { operator: true, tenantId, actor: email } : { tenantId, actor: email }
