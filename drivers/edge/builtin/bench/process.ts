/** One process of the measurement: `upstream <socket>`, or a candidate behind TLS. Tells its port, and its memory when asked. */
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import { candidate } from './proxies.ts'
import { answer, echoUpgrade } from './upstream.ts'

const [role = '', socketPath = '', cert = '', key = ''] = process.argv.slice(2)

if (role === 'upstream') {
  const server = createPlainServer(answer).on('upgrade', echoUpgrade)
  server.keepAliveTimeout = 60_000
  server.listen(socketPath, () => process.send?.({ port: 0 }))
} else {
  const served = role === 'direct' ? { web: answer, upgrade: echoUpgrade } : await candidate(role, socketPath)
  const server = createServer({ cert, key }, (request, response) => served.web(request as never, response as never))
  if (served.upgrade) server.on('upgrade', served.upgrade)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.({ port: address && typeof address === 'object' ? address.port : 0 })
  })
}
process.on('message', () =>
  process.send?.({
    rssBytes: process.memoryUsage().rss,
    cpuMicros: process.cpuUsage().user + process.cpuUsage().system,
  }),
)
process.on('disconnect', () => process.exit(0))
