/** Process `edge`. SIGTERM and SIGINT drain for up to ten seconds; a second one ends at once. */
import { createLogger } from '@platen/kit/logging'
import { readEdgeSettings } from './config.ts'
import { runEdge } from './run.ts'

const settings = readEdgeSettings()
const logger = createLogger({ name: 'edge', level: settings.logLevel })
const ending = new AbortController()
let running: Awaited<ReturnType<typeof runEdge>> | undefined

for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void end())
process.on('uncaughtException', (error) => {
  logger.fatal({ err: error }, 'the edge stops: unexpected error')
  process.exit(1)
})

try {
  running = await runEdge(settings, logger, ending.signal)
  if (ending.signal.aborted) await end()
} catch (error) {
  if (ending.signal.aborted) process.exit(0)
  logger.fatal({ err: error }, `the edge cannot start: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

async function end(): Promise<void> {
  if (ending.signal.aborted && running) process.exit(0)
  ending.abort()
  await running?.stop()
  process.exit(0)
}
