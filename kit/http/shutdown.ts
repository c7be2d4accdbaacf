import type { Logger } from '../logging/index.ts'
import type { HttpServer } from './http-server.ts'

export interface ShutdownOptions {
  /** How long /ready says 503 before connections are refused, so that whoever routes to us can notice. */
  readonly noticeMs?: number
  /** How long running requests may take to end before their connections are cut. */
  readonly drainMs?: number
}

/** State shared by the hooks of one server. */
export class Lifecycle {
  readonly #stop = new AbortController()
  #shutdown: Promise<void> | undefined

  /** Aborted when shutdown begins: event streams end at once instead of holding up the drain. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get isStopping(): boolean {
    return this.#stop.signal.aborted
  }

  /**
   * /ready answers 503 -> notice -> no new connections, idle ones closed -> running requests end or are cut -> closed.
   * Calling it again waits for the same shutdown.
   */
  shutdown(app: HttpServer, options: ShutdownOptions = {}): Promise<void> {
    this.#shutdown ??= this.#run(app, options)
    return this.#shutdown
  }

  async #run(app: HttpServer, { noticeMs = 0, drainMs = 25_000 }: ShutdownOptions): Promise<void> {
    this.#stop.abort(new Error('The process is shutting down'))
    if (noticeMs > 0) await new Promise((resolve) => setTimeout(resolve, noticeMs))
    const deadline = setTimeout(() => {
      app.log.warn({ drainMs }, 'requests did not end in time, their connections are cut')
      app.server.closeAllConnections()
    }, drainMs)
    try {
      await app.close()
    } finally {
      clearTimeout(deadline)
    }
  }
}

/**
 * For a process's main: the first SIGTERM or SIGINT runs `stop` and exits 0; a second one exits at once with 1; an uncaught
 * exception or rejection is logged and exits 1, because the state behind it is unknown and the supervisor restarts us.
 */
export function exitOnSignals(logger: Logger, stop: () => Promise<void>): void {
  let isStopping = false
  const begin = (signal: string): void => {
    if (isStopping) {
      logger.warn({ signal }, 'second signal, exiting at once')
      process.exit(1)
    }
    isStopping = true
    logger.info({ signal }, 'shutting down')
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fatal({ err: error }, 'shutdown failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', begin)
  process.on('SIGINT', begin)
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception')
    process.exit(1)
  })
}
