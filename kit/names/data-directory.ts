import { join } from 'node:path'

/** Every file and folder below the data directory (PLATEN_DATA_DIR). Secret files are 0600, the directory itself 0700. */
export interface DataPaths {
  readonly root: string
  readonly postgres: { data: string; superuserSecret: string; provisionerSecret: string }
  readonly objects: string
  /** Signed heads of the control plane's audit trail: outside of the database that they prove. */
  readonly auditAnchors: string
  readonly masterKey: string
  readonly setupCode: string
  readonly authority: { directory: string; certificate: string; key: string }
  readonly snapshots: string
  readonly keys: { directory: string; managerPublic: string; consumer(name: string): string }
  /** Mails that went to nobody, because no relay is set. */
  readonly inbox: string
  readonly logs: string
  snapshot(consumer: string): string
  log(process: string): string
}

/** The consumer name of the edge in snapshots. */
export const EDGE_CONSUMER = 'edge'

/**
 * A bench name: up to 14 characters, so that the longest socket path (`<run dir>/bench-<name>-<nn>-private.sock`) stays below the
 * 107 bytes that Linux allows.
 */
export function isBenchName(name: string): boolean {
  return /^[a-z](?:[a-z0-9-]{0,12}[a-z0-9])?$/.test(name)
}

/** The consumer name of one bench process, also its process name. `index` counts from 1. */
export function benchConsumer(benchName: string, index: number): string {
  if (!isBenchName(benchName)) throw new RangeError(`"${benchName}" is not a bench name`)
  if (!Number.isInteger(index) || index < 0 || index > 99)
    throw new RangeError(`${index} is not a bench process number`)
  return `bench-${benchName}-${index}`
}

/** The number of a process of this bench, or undefined: `bench-main-1` is one of `main`, `bench-main-2-1` one of `main-2`. */
export function benchProcessNumber(benchName: string, process: string): number | undefined {
  const prefix = `bench-${benchName}-`
  const rest = process.startsWith(prefix) ? process.slice(prefix.length) : ''
  return /^\d{1,2}$/.test(rest) ? Number(rest) : undefined
}

export function dataPaths(dataDirectory: string): DataPaths {
  const at = (...parts: string[]): string => join(dataDirectory, ...parts)
  return {
    root: dataDirectory,
    postgres: {
      data: at('postgres', '18'),
      superuserSecret: at('postgres', 'superuser.secret'),
      provisionerSecret: at('postgres', 'provisioner.secret'),
    },
    objects: at('objects'),
    auditAnchors: at('audit-anchors'),
    masterKey: at('master.key'),
    setupCode: at('setup-code'),
    authority: { directory: at('ca'), certificate: at('ca', 'ca.crt'), key: at('ca', 'ca.key') },
    snapshots: at('snapshots'),
    keys: {
      directory: at('keys'),
      managerPublic: at('keys', 'manager-public.pem'),
      consumer: (name) => at('keys', `${name}.key`),
    },
    inbox: at('inbox'),
    logs: at('logs'),
    snapshot: (consumer) => at('snapshots', `${consumer}.json`),
    log: (process) => at('logs', `${process}.log`),
  }
}
