export {
  ObjectTooLarge,
  StorageFull,
  type ByteRange,
  type ObjectContent,
  type ObjectInfo,
  type ObjectStore,
  type PrefixUsage,
  type PutOptions,
} from './contract.ts'
export { parseRangeHeader } from './range.ts'
export { MemoryObjects } from './memory.ts'
export { FilesystemObjects, type FilesystemObjectsOptions } from './filesystem/driver.ts'
