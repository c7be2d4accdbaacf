import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { environmentNames } from './config.ts'

type Place = { path: string } | { host: string; port: number }

/** Answers 200 to everything with its process id and the names of its environment; /hold makes it 200 MB larger. Ends on SIGTERM. */
export function serve(place: Place): void {
  if ('path' in place) rmSync(place.path, { force: true })
  const held: Buffer[] = []
  const server = createServer((request, response) => {
    // Outside of what --max-old-space-size counts, and written to, so that it is resident.
    if (request.url === '/hold') held.push(Buffer.alloc(200 * 1024 * 1024, 1))
    response.end(JSON.stringify({ pid: process.pid, environmentNames }))
  })
  server.listen(place)
  process.on('SIGTERM', () => {
    console.log('asked to stop')
    server.close(() => process.exit(0))
    server.closeAllConnections()
  })
  console.log(`serving as ${process.pid}`)
}
