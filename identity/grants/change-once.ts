import type { FastifyRequest } from 'fastify'
import { idempotentRequest, runOnce, type IdempotentAnswer } from '@platen/kit/http'
import { requesterOf } from '../authorize.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { changeAs, type Change, type Subject } from './change-as.ts'

/** `changeAs` for a route that says `idempotent: true`: repeated with the same Idempotency-Key, nothing is changed again. */
export function changeOnce<Body extends object>(
  parts: IdentityParts,
  request: FastifyRequest,
  subject: Subject,
  work: (change: Change) => Promise<IdempotentAnswer<Body>>,
): Promise<IdempotentAnswer<Body>> {
  const requester = requesterOf(request)
  const once = idempotentRequest(request, requester.principal)
  return changeAs(parts, requester, subject, (change) =>
    runOnce(change.tx, parts.idempotencyKeys, once, () => work(change)),
  )
}
