export { buildBenchSnapshot } from './bench-snapshot.ts'
export { buildEdgeSnapshot } from './edge-snapshot.ts'
