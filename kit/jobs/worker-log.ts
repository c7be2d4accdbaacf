/** What jobs and operations need of a logger; a pino logger fits. */
export interface WorkerLog {
  info(facts: Record<string, unknown>, message: string): void
  warn(facts: Record<string, unknown>, message: string): void
  error(facts: Record<string, unknown>, message: string): void
}

export const silentLog: WorkerLog = { info: ignore, warn: ignore, error: ignore }

function ignore(): void {}
