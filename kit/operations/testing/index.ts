export { failsAtEachStep, ignoresZombieAtEachStep, repeatsEachStep, repeatsEachUndo } from './harnesses.ts'
export { allKillPoints, killAt, survivesKillAtEachStep, type KillOptions, type KillPoint } from './kills.ts'
export type { OperationWorld } from './world.ts'
