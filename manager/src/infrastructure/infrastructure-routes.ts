import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { benchProcessNumber } from '@platen/kit/names'
import { rows, sql, withScope, type Db } from '@platen/kit/sql'
import type { Runner } from '@platen/drivers/runners'

const list = <T extends z.ZodType>(item: T) => z.strictObject({ items: z.array(item), nextCursor: z.null() })

const serverSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    role: z.enum(['proxy', 'app', 'database']),
    hostname: z.string(),
    state: z.string(),
    cluster: z.strictObject({ id: z.uuid(), name: z.string() }),
  })
  .meta({ id: 'Server' })

const benchSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    state: z.string(),
    release: z.string().nullable(),
    server: z.strictObject({ id: z.uuid(), name: z.string() }),
    sites: z.number().int(),
    processes: z.array(
      z.strictObject({
        name: z.string(),
        state: z.string(),
        healthy: z.boolean(),
        pid: z.number().int().nullable(),
        startedAt: z.string().nullable(),
        restarts: z.number().int(),
        cpuPercent: z.number().nullable(),
        rssBytes: z.number().int().nullable(),
      }),
    ),
  })
  .meta({ id: 'Bench' })

interface ServerRow {
  id: string
  name: string
  role: 'proxy' | 'app' | 'database'
  hostname: string
  state: string
  cluster_id: string
  cluster_name: string
}

interface BenchRow {
  id: string
  name: string
  state: string
  release_name: string | null
  server_id: string
  server_name: string
  sites: number
}

/** Clusters, servers and benches, for operators. */
export function registerInfrastructureRoutes(app: HttpServer, parts: { db: Db; runner: Runner }): void {
  registerClusters(app, parts)
  registerServers(app, parts)
  registerBenches(app, parts)
}

const operator = { policy: { kind: 'operator' } } as const

function registerClusters(app: HttpServer, { db }: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/clusters',
    config: operator,
    schema: {
      tags: ['infrastructure'],
      summary: 'List clusters',
      response: {
        200: list(
          z
            .strictObject({
              id: z.uuid(),
              name: z.string(),
              title: z.string(),
              region: z.string(),
              enabled: z.boolean(),
            })
            .meta({ id: 'Cluster' }),
        ),
      },
    },
    handler: async () => ({
      items: await rows(
        db,
        sql<{ id: string; name: string; title: string; region: string; enabled: boolean }>`
          SELECT id, name, title, region, enabled FROM manager.clusters ORDER BY name`,
      ),
      nextCursor: null,
    }),
  })
}

function registerServers(app: HttpServer, { db }: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/servers',
    config: operator,
    schema: { tags: ['infrastructure'], summary: 'List servers', response: { 200: list(serverSchema) } },
    handler: async () => {
      const found = await rows(
        db,
        sql<ServerRow>`SELECT s.id, s.name, s.role, s.hostname, s.state, c.id AS cluster_id, c.name AS cluster_name
          FROM manager.servers s JOIN manager.clusters c ON c.id = s.cluster_id ORDER BY s.role, s.name`,
      )
      const items = found.map(({ cluster_id, cluster_name, ...server }) => ({
        ...server,
        cluster: { id: cluster_id, name: cluster_name },
      }))
      return { items, nextCursor: null }
    },
  })
}

function registerBenches(app: HttpServer, { db, runner }: { db: Db; runner: Runner }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/benches',
    config: operator,
    schema: {
      tags: ['infrastructure'],
      summary: 'List benches with their processes',
      response: { 200: list(benchSchema) },
    },
    handler: async () => {
      const [found, running] = await Promise.all([
        withScope(db, { operator: true }, (tx) =>
          rows(
            tx,
            sql<BenchRow>`SELECT b.id, b.name, b.state, b.release_name, s.id AS server_id, s.name AS server_name,
                (SELECT count(*)::int FROM manager.sites x WHERE x.bench_id = b.id AND x.state <> 'dropped') AS sites
              FROM manager.benches b JOIN manager.servers s ON s.id = b.server_id ORDER BY b.name`,
          ),
        ),
        // Without the runner the list still answers: what should exist is ours to know.
        runner.describe().catch(() => []),
      ])
      const items = found.map((bench) => ({
        id: bench.id,
        name: bench.name,
        state: bench.state,
        release: bench.release_name,
        server: { id: bench.server_id, name: bench.server_name },
        sites: bench.sites,
        processes: running
          .filter(({ name }) => benchProcessNumber(bench.name, name) !== undefined)
          .map(({ name, state, healthy, pid, startedAt, restarts, cpuPercent, rssBytes }) => ({
            name, state, healthy, pid, startedAt, restarts, cpuPercent, rssBytes,
          })), // prettier-ignore
      }))
      return { items, nextCursor: null }
    },
  })
}
