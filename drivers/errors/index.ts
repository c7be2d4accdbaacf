export { DriverError, isDriverError, throwIfAborted, type DriverErrorKind } from './driver-error.ts'
export { Faults, type Fault } from './faults.ts'
