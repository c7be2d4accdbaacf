// The runtime contract of this release in a process of its own, for tests of those who may not import a bench:
// node runtime-process.ts '{"socketPath": ..., "host": <socket folder of the database server>, "port": 5432}'. Ends with its stdin.
import { randomBytes } from 'node:crypto'
import { MemoryObjects } from '@platen/drivers/objects'
import { listenOnSocket } from '@platen/kit/http'
import { createSiteRegistry } from '../src/sites/index.ts'
import { createRuntimeServer } from '../src/wiring.ts'
import { logger } from './bench.ts'

// Written by the test that starts us.
const { socketPath, host, port } = JSON.parse(process.argv[2] ?? '{}') as {
  socketPath: string
  host: string
  port: number
}
const processName = 'bench-test-1'
const registry = createSiteRegistry({
  sealingKey: randomBytes(32),
  objects: new MemoryObjects(),
  siteUrl: (site) => `https://${site}`,
  processName,
  logger,
})
const server = await createRuntimeServer(
  { registry, database: { host, port }, processName },
  { logger, ready: async () => ({ ok: true, checks: {} }) },
)
await listenOnSocket(server, socketPath)
process.stdout.write('ready\n')
process.stdin.resume().on('end', () => void server.shutdown().then(() => registry.close()))
