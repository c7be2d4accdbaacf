import { z } from 'zod'
import type { HttpServer } from './http-server.ts'

export interface Readiness {
  readonly ok: boolean
  readonly checks: Record<string, { ok: boolean; detail?: string }>
}

const liveSchema = z.strictObject({ live: z.literal(true), name: z.string(), version: z.string() })
const readySchema = z.strictObject({
  ready: z.boolean(),
  checks: z.record(z.string(), z.strictObject({ ok: z.boolean(), detail: z.string().optional() })),
})

export interface Health {
  readonly name: string
  readonly version: string
  readonly ready: () => Promise<Readiness>
  /** Longest a readiness check may take before it counts as failed. */
  readonly checkTimeoutMs: number
  readonly isStopping: () => boolean
}

/** `/live`: the loop turns; never asks the database. `/ready`: 200 when it may be given work, 503 with the failing check if not. */
export function answerProbes(app: HttpServer, health: Health): void {
  const config = {
    policy: { kind: 'public', reason: 'Health probe; says nothing about tenants.' },
    isProbe: true,
  } as const
  app.get('/live', { config, schema: { hide: true, response: { 200: liveSchema } } }, async () => {
    return { live: true as const, name: health.name, version: health.version }
  })
  app.get(
    '/ready',
    { config, schema: { hide: true, response: { 200: readySchema, 503: readySchema } } },
    async (request, reply) => {
      const { ok, checks } = health.isStopping()
        ? { ok: false, checks: { process: { ok: false, detail: 'shutting down' } } }
        : await checked(health, (error) => request.log.error({ err: error }, 'readiness check failed'))
      // Details name sockets and sites: for whoever asks on this machine, not for visitors, whom the edge marks.
      const isVisitor = request.headers['x-forwarded-for'] !== undefined
      const told = isVisitor
        ? Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, { ok: check.ok }]))
        : checks
      return reply.code(ok ? 200 : 503).send({ ready: ok, checks: told })
    },
  )
}

/** A check that throws or hangs is an answer too: not ready. */
async function checked(health: Health, onError: (error: unknown) => void): Promise<Readiness> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error(`The readiness check took over ${health.checkTimeoutMs} ms`)),
    health.checkTimeoutMs,
  )
  try {
    return await Promise.race([health.ready(), late])
  } catch (error) {
    onError(error)
    return { ok: false, checks: { process: { ok: false, detail: 'the readiness check failed; see the log' } } }
  } finally {
    clearTimeout(timer)
  }
}
