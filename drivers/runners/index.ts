export type { BenchProcess, BenchRequest, ProcessDescription, ProcessState, Runner } from './contract.ts'
export { MemoryRunner } from './memory.ts'
export {
  isAlive,
  listProcesses,
  readProcess,
  residentBytes,
  signalProcess,
  startedAt,
  waitUntilGone,
  workingDirectory,
} from './process-table.ts'
export type { ProcessEntry } from './process-table.ts'
export { ProcessRunner } from './process/driver.ts'
export { benchBody, type BenchBody } from './request.ts'
