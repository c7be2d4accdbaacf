// The real supervisor with stub children and short pauses: what the tests start as a process of its own.
import { fileURLToPath } from 'node:url'
import { runSupervisor } from '../src/run.ts'

const entry = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))

process.exitCode = await runSupervisor({
  entries: { manager: entry('stub-manager'), edge: entry('stub-edge'), bench: entry('stub-bench') },
  timings: { firstPauseMs: 50, longestPauseMs: 400, probeEveryMs: 100, stopLimitMs: 3_000, overMemorySamples: 5 },
  memoryAllowanceMb: 32,
  postgresSettings: { fsync: 'off' },
})
