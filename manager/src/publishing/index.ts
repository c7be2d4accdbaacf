export { buildBenchSnapshot, type BenchSnapshotOptions } from './bench-snapshot.ts'
export { buildEdgeSnapshot, type EdgeSnapshotOptions } from './edge-snapshot.ts'
