/** The control plane. `--role=api|worker|all` says which part of it this process is. */
import { exitOnSignals } from '@platen/kit/http'
import { readManagerConfig } from './src/config.ts'
import { startManager } from './src/manager.ts'

const manager = await startManager(readManagerConfig())
exitOnSignals(manager.logger, () => manager.stop())
