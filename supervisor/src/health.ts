import { request } from 'node:http'

/** Status of GET `path` on a process's unix socket; undefined when there was no answer within `timeoutMs`. */
export function ask(socketPath: string, path: '/live' | '/ready', timeoutMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const options = { socketPath, path, method: 'GET', agent: false, signal: AbortSignal.timeout(timeoutMs) } as const
    const outgoing = request(options, (incoming) => {
      incoming.resume()
      resolve(incoming.statusCode)
    })
    outgoing.on('error', () => resolve(undefined))
    outgoing.end()
  })
}
