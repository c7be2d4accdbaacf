import { z } from 'zod'
import type { CommerceContext } from './context.ts'

export const ROUTE_PREFIX = '/api/v1'

/** How the bench tells which site and who a request belongs to. `Request` is the server's own request type. */
export type ContextOf<Request> = (request: Request) => CommerceContext | Promise<CommerceContext>

export const idParams = z.strictObject({ id: z.uuid() })
