import { SettingsError } from '@platen/kit/config'
import { isDriverError } from '@platen/drivers/errors'
import { readSupervisorConfig } from './config.ts'
import { AlreadyRunning } from './lock.ts'
import { StartRefused, Supervisor, type SupervisorOptions } from './supervisor.ts'

// npm and the terminal both pass Ctrl-C on: the same key press arrives twice within milliseconds.
const sameSignalMs = 500

/** The whole life of `npm start`; answers the exit code: 0 stopped as asked, 1 refused or failed. */
export async function runSupervisor(
  options: Pick<SupervisorOptions, 'entries' | 'timings' | 'postgresSettings' | 'memoryAllowanceMb'>,
): Promise<number> {
  // A closed terminal must not end us in the middle of stopping.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  let supervisor: Supervisor | undefined
  let stopping: Promise<void> | undefined
  let firstSignalMs = 0
  const { promise: stopped, resolve: onStopped } = Promise.withResolvers<void>()
  const stop = (signal: NodeJS.Signals): void => {
    if (!stopping) {
      firstSignalMs = performance.now()
      print(`${signal}: stopping edge, benches, manager and PostgreSQL (once more: at once)`)
      stopping = supervisor?.stop() ?? Promise.resolve()
      void stopping.catch(fail).then(onStopped)
    } else if (performance.now() - firstSignalMs > sameSignalMs) {
      print('stopping at once')
      void supervisor?.stopImmediately().catch(fail).then(onStopped)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  try {
    const config = readSupervisorConfig()
    for (const warning of config.warnings) print(`note: ${warning}`)
    supervisor = new Supervisor({ ...options, config, print })
    await supervisor.start()
    if (await supervisor.untilReady()) {
      print(`ready in ${(performance.now() / 1000).toFixed(1)} s`)
      await supervisor.welcome()
      print('Ctrl-C stops everything.')
    }
    await stopped
    print('stopped')
    return 0
  } catch (error) {
    if (stopping) {
      await stopped
      return 0
    }
    await supervisor?.stop()
    fail(error)
    return 1
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function fail(error: unknown): void {
  const isForPeople =
    error instanceof StartRefused ||
    error instanceof AlreadyRunning ||
    error instanceof SettingsError ||
    isDriverError(error)
  const text = error instanceof Error ? (isForPeople ? error.message : (error.stack ?? error.message)) : String(error)
  process.stderr.write(`Platen did not start.\n${text}\n`)
}
