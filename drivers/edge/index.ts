import { fileURLToPath } from 'node:url'

export { edgeSnapshotSchema, type EdgeSnapshot } from './contract.ts'
export { edgeProblems } from './builtin/problems.ts'

/** The program that the supervisor starts as process `edge`; it reads the platform settings. */
export const edgeProgram = fileURLToPath(new URL('builtin/main.ts', import.meta.url))
