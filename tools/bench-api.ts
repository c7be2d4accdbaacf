// `npm run bench:api`: a read of one thing in a site and in the manager, beside bare Fastify with one read by primary key in the same
// database and the same run: throughput at 32 connections; times at 1,000 open connections and half of what was measured; and what a
// storm of sign-ins does to other requests. Each server is one process, asked over its unix socket; the load is made on the same cores.
// Arguments: seconds per measurement (default 10), connections of the open loop (default 1000).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { checkoutDirectory } from '@platen/kit/config'
import { runDirectory, socketPaths } from '@platen/kit/names'
import { one, sql } from '@platen/kit/sql'
import { startPlatform, unlimited, type RunningPlatform } from '../e2e/platform.ts'
import { describeLoad, quantile, type Load } from './benchmarks/load.ts'
import { addProducts, asSuperuser, claimForBench, makeSite, superuser } from './benchmarks/platform-facts.ts'
import { openLoop, saturate, type Target } from './benchmarks/socket-load.ts'

const seconds = Number(process.argv[2] ?? 10)
const connections = Number(process.argv[3] ?? 1_000)
const closedConnections = 32
const rounds = 3
const stormConnections = 30

const perSecond = ({ latenciesMs, durationMs }: Load): number => (latenciesMs.length / durationMs) * 1000

interface Route {
  name: string
  ours: Target
  /** What the bare server is asked for. */
  database: string
  query: string
  id: string
  /** Share of the bare throughput that is wanted. */
  target: number | null
}

const platform = await startPlatform({ env: { ...unlimited, PLATEN_LOG_LEVEL: 'warn' } })
try {
  const routes = await prepare(platform)
  for (const route of routes) await compare(route)
  const [site] = routes
  if (site !== undefined) await storm(site)
} finally {
  await platform.stop()
  await platform.remove()
}

async function prepare(running: RunningPlatform): Promise<Route[]> {
  const token = await claimForBench(running)
  const site = await makeSite(running, token, 'shop')
  await addProducts(running, site.database, 1, 500)
  const { id } = await asSuperuser(running, site.database, (db) =>
    one(db, sql<{ id: string }>`SELECT id FROM commerce.products ORDER BY sku LIMIT 1`),
  )
  const sockets = socketPaths(runDirectory(running.dataDirectory))
  const forwarded = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' }
  return [
    {
      name: 'site: GET /products/{id}',
      ours: {
        socketPath: sockets.bench('main', 1),
        path: `/api/v1/products/${id}`,
        headers: {
          ...forwarded,
          host: new URL(running.siteUrl(site.name)).host,
          authorization: `Bearer ${site.token}`,
        },
      },
      database: site.database,
      query: 'SELECT * FROM commerce.products WHERE id = $1',
      id,
      target: 0.6,
    },
    {
      name: 'manager: GET /sites/{id}',
      ours: {
        socketPath: sockets.manager,
        path: `/api/v1/sites/${site.siteId}`,
        headers: { ...forwarded, host: new URL(running.consoleUrl).host, authorization: `Bearer ${token}` },
      },
      database: 'platen',
      query: 'SELECT * FROM manager.sites WHERE id = $1',
      id: site.siteId,
      target: null,
    },
  ]
}

/** Rounds in turn, so that whatever else the machine does hits both; the middle one counts. */
async function compare(route: Route): Promise<void> {
  const { bare, stop } = await startBare(route)
  const [ours, least]: [Load[], Load[]] = [[], []]
  await saturate(route.ours, closedConnections, 2)
  await saturate(bare, closedConnections, 2)
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await saturate(route.ours, closedConnections, seconds / rounds))
    least.push(await saturate(bare, closedConnections, seconds / rounds))
  }
  await stop()
  const middle = (loads: Load[]): Load => {
    const found = loads.toSorted((a, b) => perSecond(a) - perSecond(b))[Math.floor(loads.length / 2)]
    if (found === undefined) throw new Error('there was no round')
    return found
  }
  const ratio = perSecond(middle(ours)) / perSecond(middle(least))
  console.log(`\n${route.name}, ${closedConnections} connections`)
  console.log(describeLoad('bare Fastify and pg', middle(least)))
  console.log(describeLoad('ours', middle(ours)))
  console.log(`ratio of throughput: ${ratio.toFixed(2)}${route.target === null ? '' : ` (target ${route.target})`}`)
  const half = Math.round(perSecond(middle(ours)) / 2)
  const open = await openLoop(route.ours, { connections, perSecond: half, seconds })
  console.log(describeLoad(`${connections} open, ${half}/s due`, open))
}

/** What others feel while very many people sign in at once with wrong passwords. */
async function storm({ ours }: Route): Promise<void> {
  const pace = { connections: 50, perSecond: 100, seconds }
  const calm = await openLoop(ours, pace)
  const until = AbortSignal.timeout(seconds * 1000)
  let tried = 0
  const guess = async (client: number): Promise<void> => {
    while (!until.aborted) {
      tried += 1
      const email = `nobody-${client}-${tried}@example.org`
      const body = { email, password: 'a wrong password of some length' }
      await platform.call('shop', { method: 'POST', path: '/api/v1/auth/login', body }).catch(() => undefined)
    }
  }
  const [busy] = await Promise.all([
    openLoop(ours, pace),
    ...Array.from({ length: stormConnections }, (_, client) => guess(client)),
  ])
  console.log(`\na storm of sign-ins, ${stormConnections} at once (${(tried / seconds).toFixed(0)}/s)`)
  console.log(describeLoad('reads before', calm))
  console.log(describeLoad('reads meanwhile', busy))
  const ratio = quantile(busy.latenciesMs, 0.95) / quantile(calm.latenciesMs, 0.95)
  console.log(`ratio of p95: ${ratio.toFixed(2)}`)
}

async function startBare({ database, query, id }: Route): Promise<{ bare: Target; stop(): Promise<void> }> {
  const { password, host, port, user } = await superuser(platform, database)
  const socketPath = join(runDirectory(platform.dataDirectory), 'bare.sock')
  const child = spawn(process.execPath, [join(checkoutDirectory, 'tools/benchmarks/bare-server.ts')], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      BARE_SOCKET: socketPath,
      BARE_QUERY: query,
      BARE_DATABASE: JSON.stringify({ host, port, user, database, password: password?.expose() }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    bare: { socketPath, path: `/read/${id}` },
    async stop() {
      child.kill()
      await once(child, 'exit')
    },
  }
}
