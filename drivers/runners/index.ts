export { logLevels } from './contract.ts'
export type {
  BenchProcess,
  BenchRequest,
  LogDescription,
  LogLevel,
  LogLine,
  LogPage,
  LogQuery,
  ProcessDescription,
  ProcessState,
  Runner,
} from './contract.ts'
export { backwards, endOf, type LogSegment } from './logs/log-segments.ts'
export { readSegments } from './logs/read-log.ts'
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
export { benchBody, logPosition, logQuery, type BenchBody } from './request.ts'
