/** What `npm start` runs after install and build. */
import { fileURLToPath } from 'node:url'
import { runSupervisor } from './src/run.ts'

const entry = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

process.exitCode = await runSupervisor({
  entries: {
    manager: entry('manager/main.ts'),
    edge: entry('drivers/edge/builtin/main.ts'),
    bench: entry('bench/main.ts'),
  },
})
