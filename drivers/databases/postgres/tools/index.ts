export { dumpDatabase } from './dump.ts'
export { pgTools, type PgTools } from './pg-tools.ts'
export { restoreDatabase } from './restore.ts'
