import { request } from 'node:http'

/** Where a process answers that it lives: a path on its unix socket, or any HTTP answer at all on its TCP port. */
export type HealthProbe = { socketPath: string; path: string } | { host: string; port: number }

/** Status of the answer, undefined when there was none within `timeoutMs`. */
export function ask(probe: HealthProbe, timeoutMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const target = 'socketPath' in probe ? { ...probe } : { ...probe, host: loopbackFor(probe.host), path: '/live' }
    const outgoing = request({ ...target, method: 'GET', agent: false, signal: AbortSignal.timeout(timeoutMs) }, (incoming) => {
      incoming.resume()
      resolve(incoming.statusCode)
    })
    outgoing.on('error', () => resolve(undefined))
    outgoing.end()
  })
}

/** A process of ours is alive if it says 200; the edge, which knows no such host, if it says anything. */
export async function isLive(probe: HealthProbe, timeoutMs: number): Promise<boolean> {
  const status = await ask(probe, timeoutMs)
  return 'socketPath' in probe ? status === 200 : status !== undefined
}

function loopbackFor(bind: string): string {
  if (bind === '0.0.0.0') return '127.0.0.1'
  return bind === '::' ? '::1' : bind
}
