import {
  wholeNumber,
  defineSettings,
  readPlatformSettings,
  readSettings,
  type PlatformSettings,
} from '@platen/kit/config'
import { z } from 'zod'

/** Which bench process this is; the supervisor sets both. */
export const benchSettings = defineSettings({
  benchName: {
    env: 'PLATEN_BENCH_NAME',
    schema: z.string().regex(/^[a-z](?:[a-z0-9-]{0,12}[a-z0-9])?$/, 'must be a bench name'),
    default: 'main',
    description: 'Name of the bench that a bench process belongs to. Set by whoever starts the process.',
  },
  benchProcess: {
    env: 'PLATEN_BENCH_PROCESS',
    schema: wholeNumber(1, 99),
    default: '1',
    description: 'Number of a bench process within its bench, from 1. Set by whoever starts the process.',
  },
})

export interface BenchConfig {
  platform: PlatformSettings
  benchName: string
  benchProcess: number
}

/** Everything this process is told by its environment, read once. */
export function readBenchConfig(env: NodeJS.ProcessEnv = process.env): BenchConfig {
  const { benchName, benchProcess } = readSettings(benchSettings, env)
  return { platform: readPlatformSettings(env), benchName, benchProcess }
}
