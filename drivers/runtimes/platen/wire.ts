/** The HTTP of a bench's private socket, shared by this client and the bench that serves it. */
import { z } from 'zod'

const connection = z.strictObject({ database: z.string().min(1), user: z.string().min(1), password: z.string().min(1) })
const table = z.strictObject({ name: z.string(), rows: z.int(), digest: z.string() })
/** As the database server names it. Goes into a statement that takes no parameter, so its form is checked here. */
const snapshot = z.string().regex(/^[0-9A-Z-]{1,64}$/)

export const runtimeWire = {
  description: z.strictObject({
    release: z.string(),
    apps: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  }),
  templateRequest: z.strictObject({ connection }),
  migrationRequest: z.strictObject({ connection }),
  migrationAnswer: z.strictObject({ applied: z.array(z.string()) }),
  administratorRequest: z.strictObject({ siteId: z.uuid(), connection, email: z.string(), name: z.string() }),
  ticketRequest: z.strictObject({
    siteId: z.uuid(),
    email: z.string(),
    actorLabel: z.string(),
    expiresInSeconds: z.int().min(1).max(300),
  }),
  ticketAnswer: z.strictObject({ token: z.string(), expiresAt: z.iso.datetime() }),
  digestRequest: z.strictObject({ connection, snapshot: snapshot.optional() }),
  digestAnswer: z.strictObject({ tables: z.array(table) }),
  smokeTestRequest: z.strictObject({ siteId: z.uuid(), connection }),
  smokeTestAnswer: z.strictObject({
    ok: z.boolean(),
    checks: z.array(z.strictObject({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  }),
  adoptionRequest: z.strictObject({ connection, fromSiteId: z.uuid(), toSiteId: z.uuid() }),
} as const
