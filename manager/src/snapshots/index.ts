export { startInternalServer } from './internal-server.ts'
export { createSnapshotHub, type SnapshotHub, type SnapshotPublisher } from './snapshot-publisher.ts'
export { ensureConsumer, forgetOtherConsumers, raiseVersions, type Published } from './snapshot-store.ts'
