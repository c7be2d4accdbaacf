/** One process of a bench. */
import { exitOnSignals } from '@platen/kit/http'
import { readBenchConfig } from './src/config.ts'
import { startBench } from './src/wiring.ts'

const bench = await startBench(readBenchConfig())
exitOnSignals(bench.logger, () => bench.stop())
