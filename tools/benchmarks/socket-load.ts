// Requests to one server over its unix socket: as many as it answers, or at a fixed pace on many open connections.
import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Load } from './load.ts'

export interface Target {
  socketPath: string
  path: string
  headers?: Record<string, string>
}

/** The status, or what went wrong before there was one. */
const ask = (agent: Agent, { socketPath, path, headers = {} }: Target): Promise<number | string> =>
  new Promise((resolve) => {
    const sent = request({ agent, socketPath, path, headers: { host: 'localhost', ...headers } }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', (error) => resolve(error.message))
    })
    sent.on('error', (error) => resolve(error.message))
    sent.end()
  })

function count(load: Load, answer: number | string): void {
  if (answer === 200) return
  load.failures += 1
  load.refusals ??= {}
  load.refusals[answer] = (load.refusals[answer] ?? 0) + 1
}

/** `connections` clients, each with one request at a time, for `seconds`. */
export async function saturate(target: Target, connections: number, seconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const load: Load = { latenciesMs: [], failures: 0, durationMs: 0 }
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1000
  const client = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      const sentMs = performance.now()
      count(load, await ask(agent, target))
      load.latenciesMs.push(performance.now() - sentMs)
    }
  }
  await Promise.all(Array.from({ length: connections }, client))
  load.durationMs = performance.now() - startedMs
  agent.destroy()
  return load
}

/**
 * An open loop: requests are due at fixed times whatever the answers do, on connections that are all open before it begins. A request's
 * time counts from when it was due.
 */
export async function openLoop(
  target: Target,
  { connections, perSecond, seconds }: { connections: number; perSecond: number; seconds: number },
): Promise<Load> {
  // The socket that was free longest is used next, so all of them stay in use.
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections, scheduling: 'fifo' })
  const opened = await Promise.all(Array.from({ length: connections }, () => ask(agent, target)))
  const load: Load = { latenciesMs: [], failures: 0, durationMs: 0 }
  for (const answer of opened) count(load, answer)
  const open = new Set<Promise<void>>()
  const startedMs = performance.now()
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const dueMs = startedMs + (index * 1000) / perSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await pause(waitMs)
    const asking = ask(agent, target).then((answer) => {
      load.latenciesMs.push(performance.now() - dueMs)
      count(load, answer)
    })
    open.add(asking)
    void asking.finally(() => open.delete(asking))
  }
  await Promise.all(open)
  load.durationMs = performance.now() - startedMs
  agent.destroy()
  return load
}
