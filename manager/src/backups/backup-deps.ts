import type { KeyObject } from 'node:crypto'
import type { StepContext } from '@platen/kit/operations'
import type { SiteDeps } from '../sites/index.ts'

/** What the operations on backups reach the outside world with. */
export interface BackupDeps extends SiteDeps {
  /** The Ed25519 key that signs manifests; its public half is what a manifest must be signed by. */
  archiveKey(): Promise<KeyObject>
  /** For simulated time; default the database's clock. */
  now?: () => Date
}

/** `siteId` is the site that is backed up, or the new one that a backup becomes. */
export interface BackupInput {
  siteId: string
  backupId: string
}

export type BackupContext = StepContext<BackupInput, BackupDeps>
