import { statfs } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { LocalCa, type CertificateIssuer } from '@platen/drivers/certificates'
import {
  controlPlaneConnection,
  pgTools,
  PostgresDatabaseServer,
  provisionerConnection,
  type DatabaseServer,
  type PgTools,
} from '@platen/drivers/databases'
import { createEventTarget, readEventTargetConfig, type EventTarget } from '@platen/drivers/events'
import { FilesystemObjects, type ObjectStore } from '@platen/drivers/objects'
import { createMailer, readMailConfig, type InboxMailer, type Mailer } from '@platen/drivers/mail'
import { ProcessRunner, type Runner } from '@platen/drivers/runners'
import { PlatenRuntime, type Runtime } from '@platen/drivers/runtimes'
import type { AnchorPlace, Identity } from '@platen/identity'
import { consoleHost, type PlatformSettings } from '@platen/kit/config'
import { dataPaths, runDirectory, socketPaths, type DataPaths, type SocketPaths } from '@platen/kit/names'
import { createVault, loadOrCreateMasterKey, masterKeyId, type Vault } from '@platen/kit/secrets'
import { openDatabase, type Connection, type Db } from '@platen/kit/sql'
import { readWebhookAddresses, type AddressRule } from '@platen/kit/webhooks'
import type { BackupDeps } from './backups/index.ts'
import { requireCertificateFor } from './certificates/index.ts'
import type { ManagerConfig } from './config.ts'
import { createConsoleIdentity } from './console-identity.ts'
import { ensureAnchorSigner, ensureArchiveKey } from './platform-key.ts'
import { createEdgeProbe, createProber, type Prober } from './sites/index.ts'
import { reportFilesOf } from './jobs/index.ts'
import { createSnapshotHub, type SnapshotHub } from './snapshots/index.ts'

/** Everything the manager's parts are given. One place says which driver stands behind which capability. */
export interface Wiring {
  config: ManagerConfig
  paths: DataPaths
  sockets: SocketPaths
  vault: Vault
  /** Bound to the request's tenant by row-level security. */
  apiDb: Db
  workerDb: Db
  apiConnection: Connection
  workerConnection: Connection
  ownerConnection: Connection
  identity: Identity
  /** Where heads of the audit trail are kept outside of the database. */
  auditAnchors: AnchorPlace
  databases: DatabaseServer
  /** One on a disk wants upkeep. */
  objects: ObjectStore & { sweep?: FilesystemObjects['sweep'] }
  /** The reports of all tenants. */
  reportFiles: ObjectStore
  issuer: CertificateIssuer
  runner: Runner
  runtimeOf(benchName: string): Runtime
  hub: SnapshotHub
  prober: Prober
  /** Whether the console answers through the edge. */
  askEdge(signal: AbortSignal): Promise<{ ok: boolean; detail: string }>
  /** Finds pg_dump and pg_restore. */
  dumpTools(): Promise<PgTools>
  siteDeps: BackupDeps
  /** IP addresses by which the console is reached. */
  addresses: string[]
  freeDiskBytes(): Promise<number>
  /** Of the disk that holds the data directory. */
  diskSpace(): Promise<{ freeBytes: number; totalBytes: number }>
  mailer: Mailer
  /** Where webhooks of tenants may lead. */
  webhookAddresses: AddressRule
  /** Where events go besides, undefined if nowhere. */
  eventTarget: EventTarget | undefined
  /** Where mails stay when no relay is set. */
  inbox: InboxMailer | undefined
  close(): Promise<void>
}

/** Connections of one pool; both pools together stay far below the server's limit. */
const poolSize = 10

export async function wire(config: ManagerConfig): Promise<Wiring> {
  const { platform } = config
  const { dataDirectory } = platform
  const paths = dataPaths(dataDirectory)
  const sockets = socketPaths(runDirectory(dataDirectory))
  const masterKey = await loadOrCreateMasterKey(paths.masterKey)
  const vault = createVault({ current: { id: masterKeyId(masterKey), key: masterKey } })
  const connectionAs = (role: 'owner' | 'api' | 'worker'): Connection => ({
    ...controlPlaneConnection({ dataDirectory, masterKey, role, applicationName: `manager-${role}` }),
    max: poolSize,
    // A line to the database that went dead is noticed within 15 s (reference reliability.md, provision x N); migrations set their own.
    statementTimeoutMs: 10_000,
  })
  const apiConnection = connectionAs('api')
  const workerConnection = connectionAs('worker')
  const apiDb = openDatabase(apiConnection)
  const workerDb = openDatabase(workerConnection)
  const databases = new PostgresDatabaseServer(await provisionerConnection(dataDirectory))
  const objects = new FilesystemObjects({ root: paths.objects })
  const issuer = new LocalCa({ directory: paths.authority.directory, zone: platform.zone })
  const runtimeOf = (benchName: string): Runtime =>
    new PlatenRuntime(
      Array.from({ length: config.benchProcesses }, (_, index) => sockets.benchPrivate(benchName, index + 1)),
    )
  const hub = await createSnapshotHub(workerDb, workerConnection)
  const { mailer, inbox } = createMailer(await readMailConfig(), { inboxDirectory: paths.inbox })
  const eventTarget = createEventTarget(readEventTargetConfig())
  const visitor = {
    edge: { address: dialAddress(platform), port: platform.httpsPort },
    authorityPem: async () => (await issuer.ensureAuthority()).certificatePem,
  }
  const prober = createProber(visitor)

  return {
    config,
    paths,
    sockets,
    vault,
    apiDb,
    workerDb,
    apiConnection,
    workerConnection,
    ownerConnection: connectionAs('owner'),
    identity: createConsoleIdentity(apiDb, vault, platform),
    auditAnchors: {
      objects: new FilesystemObjects({ root: paths.auditAnchors }),
      database: 'control-plane',
      signer: () => ensureAnchorSigner(workerDb, vault),
    },
    databases,
    objects,
    reportFiles: reportFilesOf(objects, masterKey),
    issuer,
    runner: new ProcessRunner({ socketPath: sockets.supervisor }),
    runtimeOf,
    hub,
    prober,
    askEdge: createEdgeProbe(visitor, { host: consoleHost(platform), path: '/live' }),
    dumpTools: () => pgTools(),
    siteDeps: {
      databases,
      objects,
      runtimeOf,
      snapshots: hub,
      prober,
      vault,
      requireCertificate: (host) => requireCertificateFor(workerDb, host),
      archiveKey: () => ensureArchiveKey(workerDb, vault),
    },
    addresses: consoleAddresses(platform),
    freeDiskBytes: async () => (await diskSpaceOf(dataDirectory)).freeBytes,
    diskSpace: () => diskSpaceOf(dataDirectory),
    mailer,
    webhookAddresses: readWebhookAddresses(),
    eventTarget,
    inbox,
    async close() {
      await Promise.all([mailer.close(), eventTarget?.close()])
      await hub.close()
      await databases.close()
      await Promise.all([apiDb.destroy(), workerDb.destroy()])
    },
  }
}

async function diskSpaceOf(directory: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(directory)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/** An edge that listens on every address is dialled on loopback. */
const dialAddress = ({ bind }: PlatformSettings): string =>
  bind === '0.0.0.0' ? '127.0.0.1' : bind === '::' ? '::1' : bind

/** Addresses in the certificate, so that the console can be reached by IP on a machine that has no name yet. */
function consoleAddresses({ bind }: PlatformSettings): string[] {
  const everywhere = bind === '0.0.0.0' || bind === '::'
  const found = everywhere
    ? Object.values(networkInterfaces())
        .flat()
        .filter((address) => address !== undefined && !address.address.startsWith('fe80:'))
        .map((address) => address?.address ?? '')
    : [bind]
  return [...new Set(['127.0.0.1', ...found])].sort()
}
