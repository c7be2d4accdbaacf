// People at work in sites: requests over TLS through the edge on kept-alive connections, at a steady pace or as fast as they are answered.
import { Agent, request } from 'node:https'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { dataPaths } from '@platen/kit/names'
import type { RunningPlatform } from '../../e2e/platform.ts'

export interface Visitor {
  /** Name of the site. */
  site: string
  token: string
}

export interface Load {
  latenciesMs: number[]
  /** Answers other than 2xx, and none at all. */
  failures: number
  /** How many of them by status or error, where that is known. */
  refusals?: Record<string, number>
  durationMs: number
}

export interface Customers {
  /** One request; of ten, eight list products and two add a customer. */
  act(visitor: Visitor): Promise<{ ms: number; ok: boolean }>
  close(): void
}

export async function customers(platform: RunningPlatform): Promise<Customers> {
  const ca = await readFile(dataPaths(platform.dataDirectory).authority.certificate, 'utf8')
  const agents = new Map<string, Agent>()
  const agentOf = (host: string): Agent => {
    const agent = agents.get(host) ?? new Agent({ keepAlive: true, maxSockets: 64, servername: host, ca })
    agents.set(host, agent)
    return agent
  }
  let count = 0
  return {
    act({ site, token }) {
      count += 1
      const host = new URL(platform.siteUrl(site)).hostname
      const isWrite = count % 5 === 0
      const body = isWrite ? JSON.stringify({ kind: 'company', name: `Customer ${count}` }) : undefined
      const startedMs = performance.now()
      return new Promise((resolve) => {
        const end = (ok: boolean) => resolve({ ms: performance.now() - startedMs, ok })
        const sent = request(
          {
            agent: agentOf(host),
            host: '127.0.0.1',
            port: platform.httpsPort,
            method: isWrite ? 'POST' : 'GET',
            path: isWrite ? '/api/v1/customers' : '/api/v1/products?limit=20',
            headers: {
              host: `${host}:${platform.httpsPort}`,
              authorization: `Bearer ${token}`,
              ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            },
          },
          (response) => {
            response.resume()
            response.on('end', () => end((response.statusCode ?? 500) < 300))
            response.on('error', () => end(false))
          },
        )
        sent.on('error', () => end(false))
        sent.end(body)
      })
    },
    close() {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

/** Requests at `perSecond`, each of a visitor in turn, until the signal fires: their times include waiting that a slow answer causes. */
export async function steadyLoad(
  people: Customers,
  visitors: readonly Visitor[],
  { perSecond, signal }: { perSecond: number; signal: AbortSignal },
): Promise<Load> {
  const load: Load = { latenciesMs: [], failures: 0, durationMs: 0 }
  const startedMs = performance.now()
  const open = new Set<Promise<void>>()
  for (let index = 0; !signal.aborted; index += 1) {
    const dueMs = startedMs + (index * 1000) / perSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await pause(waitMs)
    const visitor = visitors[index % visitors.length]
    if (visitor === undefined) throw new Error('nobody is at work')
    const acting = people.act(visitor).then(({ ok }) => {
      load.latenciesMs.push(performance.now() - dueMs)
      if (!ok) load.failures += 1
    })
    open.add(acting)
    void acting.finally(() => open.delete(acting))
  }
  await Promise.all(open)
  load.durationMs = performance.now() - startedMs
  return load
}

/** Somebody who asks as fast as answers come, on many connections. Answers how many requests they made. */
export async function flood(
  people: Customers,
  visitor: Visitor,
  { connections, signal }: { connections: number; signal: AbortSignal },
): Promise<number> {
  let made = 0
  const one = async (): Promise<void> => {
    while (!signal.aborted) {
      const { ok } = await people.act(visitor)
      made += 1
      // One that is refused asks again at once, but must not starve this very process.
      if (!ok) await pause(1)
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  return made
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const describeLoad = (name: string, { latenciesMs, failures, refusals, durationMs }: Load): string =>
  `${name.padEnd(34)} p50 ${quantile(latenciesMs, 0.5).toFixed(1).padStart(7)}  p95 ${quantile(latenciesMs, 0.95).toFixed(1).padStart(7)}  p99 ${quantile(latenciesMs, 0.99).toFixed(1).padStart(7)} ms  ` +
  `${((latenciesMs.length / durationMs) * 1000).toFixed(0).padStart(4)}/s  ${failures} failed${refusals === undefined ? '' : ` ${JSON.stringify(refusals)}`}`
