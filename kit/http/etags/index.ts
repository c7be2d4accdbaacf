export { declareVersions } from './declare.ts'
export { assertUnchanged, expectedVersion } from './if-match.ts'
