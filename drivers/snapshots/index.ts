export {
  acknowledgementSchema,
  benchSnapshotSchema,
  edgeSnapshotSchema,
  snapshotEnvelopeSchema,
  siteStateSchema,
  type BenchSnapshot,
  type BenchSnapshotSite,
  type EdgeCertificate,
  type EdgeRoute,
  type EdgeSnapshot,
  type SiteState,
  type SnapshotAcknowledgement,
  type SnapshotEnvelope,
} from './schema.ts'
export { createSnapshotKeys, signSnapshot, SnapshotRefused, supersedes, verifySnapshot } from './envelope.ts'
export { openSealed, sealFor, sealingContexts } from './sealing.ts'
export {
  ensurePublicKey,
  ensureSealingKey,
  readPublicKey,
  readSealingKey,
  waitForSnapshotKeys,
  type SnapshotKeyFiles,
} from './keys.ts'
export { SnapshotFollower, type FollowerLogger, type FollowerStatus, type SnapshotFollowerOptions } from './follower.ts'
export { replaceFile } from './replace-file.ts'
