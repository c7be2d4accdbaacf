export type { CallOptions, Runtime, RuntimeConnection, RuntimeDescription, SmokeCheck } from './contract.ts'
export { MemoryRuntime } from './memory.ts'
export { PlatenRuntime } from './platen/driver.ts'
export { runtimeWire } from './platen/wire.ts'
