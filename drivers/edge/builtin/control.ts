import { chmod, rm } from 'node:fs/promises'
import { createServer } from 'node:http'

/**
 * `edge.sock`: `GET /live` (the loop turns) and `GET /ready` (a snapshot is served; the body says which, and what is wrong with it).
 * The supervisor and the console ask here, visitors cannot.
 */
export async function listenOnControlSocket(
  socketPath: string,
  status: () => { ready: boolean; details: object },
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { ready, details } = status()
    const isKnown = request.method === 'GET' && (request.url === '/live' || request.url === '/ready')
    const code = !isKnown ? 404 : request.url === '/live' || ready ? 200 : 503
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify({ ready, ...details }))
  })
  await rm(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve))
  await chmod(socketPath, 0o600)
  return {
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
