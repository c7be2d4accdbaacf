/** One process of the measurement: the upstream, or a candidate behind TLS. Tells its port, and its memory and CPU when asked. */
import { randomBytes } from 'node:crypto'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import { sealFor, sealingContexts } from '../../../snapshots/index.ts'
import { Edge } from '../edge.ts'
import { candidate } from './proxies.ts'
import { answer, echoUpgrade } from './upstream.ts'

const [role = '', socketPath = '', cert = '', key = ''] = process.argv.slice(2)

process.send?.({ port: await start() })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ rssBytes: process.memoryUsage().rss, cpuMicros: user + system })
})
process.on('disconnect', () => process.exit(0))

async function start(): Promise<number> {
  if (role === 'upstream') {
    const server = createPlainServer(answer).on('upgrade', echoUpgrade)
    server.keepAliveTimeout = 60_000
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    return 0
  }
  if (role === 'this edge') return startEdge()
  const served = role === 'direct' ? { web: answer, upgrade: echoUpgrade } : await candidate(role, socketPath)
  const server = createServer({ cert, key }, (request, response) => void served.web(request, response))
  if (served.upgrade) server.on('upgrade', served.upgrade)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return address && typeof address === 'object' ? address.port : 0
}

/** The whole thing, with its header rules, limits and access log (to nowhere); the console by IP leads to the upstream. */
async function startEdge(): Promise<number> {
  const sealingKey = randomBytes(32)
  const names = ['127.0.0.1']
  const nowhere = (fields: object): void => void JSON.stringify(fields)
  const edge = new Edge({
    bind: '127.0.0.1',
    httpsPort: 0,
    httpPort: 0,
    sealingKey,
    logger: { info: nowhere, warn: nowhere },
  })
  const sealedPrivateKey = sealFor(sealingKey, key, sealingContexts.certificateKey(names))
  edge.apply({
    zone: 'platen.localhost',
    consoleHost: 'console.platen.localhost',
    httpsPort: 32443,
    benches: [],
    routes: [],
    managerSocket: socketPath,
    certificates: [{ names, certificatePem: cert, sealedPrivateKey, notAfter: '' }],
  })
  return (await edge.listen()).httpsPort
}
