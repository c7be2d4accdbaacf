// What the watchers look at, read in two parts: from drivers, which may be slow or silent, and from the database.
import type { CertificateIssuer } from '@platen/drivers/certificates'
import type { Runner } from '@platen/drivers/runners'
import { one, rows, sql, type Tx } from '@platen/kit/sql'
import { readBackedUpSites } from './backup-facts.ts'
import { fullShare, type WatchFacts } from './watchers.ts'

export interface DiskSpace {
  freeBytes: number
  totalBytes: number
}

export interface OutsideParts {
  runner: Pick<Runner, 'describe'>
  issuer: Pick<CertificateIssuer, 'describe'>
  diskSpace(): Promise<DiskSpace>
}

export interface OutsideFacts {
  processes: WatchFacts['processes']
  disk: DiskSpace | null
  authorityNotAfter: Date | null
}

const sampleMinutes = 60
const trendDays = 7
const keptDays = 30
const answerTimeoutMs = 5_000

/** What does not answer in time is unknown, not wrong. */
export async function readOutside({ runner, issuer, diskSpace }: OutsideParts): Promise<OutsideFacts> {
  const signal = AbortSignal.timeout(answerTimeoutMs)
  const unknown = (): null => null
  const [processes, disk, described] = await Promise.all([
    runner.describe({ signal }).catch(unknown),
    diskSpace().catch(unknown),
    issuer.describe({ signal }).catch(unknown),
  ])
  return { processes, disk, authorityNotAfter: described?.authority?.notAfter ?? null }
}

export async function readFacts(
  tx: Tx,
  { processes, disk, authorityNotAfter }: OutsideFacts,
  now: Date,
): Promise<WatchFacts> {
  const diskSamples = await readDiskSamples(tx, now)
  const certificates = await readCertificates(tx)
  if (authorityNotAfter !== null)
    certificates.push({ name: 'certificate authority', notBefore: null, notAfter: authorityNotAfter })
  return {
    now,
    processes,
    disk,
    diskSamples,
    operations: await readOperations(tx),
    certificates,
    consumers: await readConsumers(tx),
    failingSites: await readFailingSites(tx),
    backups: await readBackedUpSites(tx, now),
    fullSites: await readFullSites(tx),
    failedJobs: await readFailedJobs(tx),
    events: await readEvents(tx),
  }
}

async function readDiskSamples(tx: Tx, now: Date): Promise<WatchFacts['diskSamples']> {
  const samples = await rows(
    tx,
    sql<{ taken_at: Date; free_bytes: bigint }>`SELECT taken_at, free_bytes FROM manager.disk_samples
      WHERE taken_at > ${now}::timestamptz - make_interval(days => ${trendDays}) ORDER BY taken_at`,
  )
  return samples.map(({ taken_at, free_bytes }) => ({ takenAt: taken_at, freeBytes: Number(free_bytes) }))
}

/** One an hour, for thirty days: from them the end of the disk is foreseen. */
export async function keepDiskSample(tx: Tx, { freeBytes, totalBytes }: DiskSpace, now: Date): Promise<void> {
  await sql`INSERT INTO manager.disk_samples (taken_at, free_bytes, total_bytes) SELECT ${now}, ${freeBytes}, ${totalBytes}
    WHERE NOT EXISTS (SELECT FROM manager.disk_samples
      WHERE taken_at > ${now}::timestamptz - make_interval(mins => ${sampleMinutes}))`.execute(tx)
  await sql`DELETE FROM manager.disk_samples WHERE taken_at < ${now}::timestamptz - make_interval(days => ${keptDays})`.execute(
    tx,
  )
}

/** One that needs attention has not ended: somebody still has to settle it. */
const readOperations = (tx: Tx) =>
  rows(
    tx,
    sql<WatchFacts['operations'][number]>`SELECT id, type, state, COALESCE(subject_label, subject_id) AS label,
        COALESCE(started_at, created_at) AS "begunAt"
      FROM operations.operations WHERE ended_at IS NULL ORDER BY id`,
  )

/** By main name: certificates of addresses that the machine no longer has are left to end. */
const readCertificates = (tx: Tx) =>
  rows(
    tx,
    sql<
      WatchFacts['certificates'][number]
    >`SELECT DISTINCT ON (names[1]) names[1] AS name, not_before AS "notBefore", not_after AS "notAfter"
      FROM manager.certificates WHERE state <> 'failed' ORDER BY names[1], created_at DESC`,
  )

const readConsumers = (tx: Tx) =>
  rows(
    tx,
    sql<WatchFacts['consumers'][number]>`SELECT consumer, changed_at AS "changedAt" FROM manager.snapshot_consumers
      WHERE version > acknowledged_version`,
  )

const readFailingSites = (tx: Tx) =>
  rows(
    tx,
    sql<
      WatchFacts['failingSites'][number]
    >`SELECT s.id, s.name, COALESCE(s.probe_detail, 'The probe failed.') AS detail,
        EXISTS (SELECT FROM operations.operations o
          WHERE o.subject_kind = 'site' AND o.subject_id = s.id::text AND o.ended_at IS NULL AND o.state <> 'needs-attention') AS "isBusy"
      FROM manager.sites s WHERE (s.state = 'active' AND s.probe_ok = false) OR s.state = 'broken' ORDER BY s.id`,
  )

/** Those of webhooks are a matter of whoever runs the receiver. */
const readEvents = (tx: Tx) =>
  one(
    tx,
    sql<WatchFacts['events']>`SELECT
        (SELECT count(*)::int FROM outbox.deliveries WHERE state = 'dead' AND webhook_id IS NULL) AS dead,
        LEAST(
          (SELECT min(occurred_at) FROM outbox.events WHERE distributed_at IS NULL),
          (SELECT min(occurred_at) FROM outbox.deliveries JOIN outbox.events ON events.id = event_id WHERE state = 'pending' AND webhook_id IS NULL)
        ) AS "waitingSince"`,
  )

const readFullSites = (tx: Tx) =>
  rows(
    tx,
    sql<
      WatchFacts['fullSites'][number]
    >`SELECT s.id, s.name, (s.database_bytes + s.files_bytes)::float8 AS "usedBytes", p.max_storage_bytes::float8 AS "maxBytes"
      FROM manager.sites s JOIN manager.plans p ON p.id = s.plan_id
      WHERE s.state IN ('active', 'suspended', 'inactive', 'broken')
        AND s.database_bytes + s.files_bytes >= p.max_storage_bytes * ${fullShare}::float8 ORDER BY s.id`,
  )

const readFailedJobs = (tx: Tx) =>
  rows(
    tx,
    sql<WatchFacts['failedJobs'][number]>`SELECT name, count(*)::int AS count,
        (array_agg(COALESCE(last_error, 'no reason known') ORDER BY ended_at DESC))[1] AS "lastError"
      FROM jobs.jobs WHERE state = 'failed' GROUP BY name ORDER BY name`,
  )
